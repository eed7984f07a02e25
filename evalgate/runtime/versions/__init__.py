"""Finds which version of a prompt is live, and which of two answers a call."""
