"""A world for every test that needs one."""

from tests.stage.fixtures import sqlite_world, world

__all__ = ["sqlite_world", "world"]
