"""Writes what may be told of a call: checked words, keyed hashes, one line."""
