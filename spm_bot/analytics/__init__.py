"""Numbers in, numbers out: from answers and registers to one `Digest` value, with nothing else done."""
