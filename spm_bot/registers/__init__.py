"""Clients and loans coming in from the institution's own files."""
