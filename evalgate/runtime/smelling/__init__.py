"""Looks every answer over, and chooses calls for scoring."""
