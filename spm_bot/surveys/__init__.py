"""Surveys and the engine that asks them: pure, with no clock, no database and no network."""
