"""Moves of the live pointer: which version gets which share of traffic, on what evidence."""
