"""Follows prompts in production: scores, alarms, incidents, and whether all is ready."""
