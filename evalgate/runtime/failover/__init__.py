"""Decides what follows when an attempt fails: whom to ask next, when, and whom to leave alone."""
