"""One verb a file: load, decide by a pure function, write."""
