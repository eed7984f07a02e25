"""Prompts: versions and live pointers read from files, and what a change does to them."""
