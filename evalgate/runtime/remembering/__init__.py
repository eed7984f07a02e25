"""Remembers answers, calls in flight, and the keys of callers."""
