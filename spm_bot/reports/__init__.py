"""From a `Digest` value to something a person reads; nothing here computes a figure."""
