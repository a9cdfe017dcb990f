"""Chats: what all channels share, and a module or folder for each channel."""
