"""The only SQL: the store with its one write door, the vault, the tables, and a module for each of them."""
