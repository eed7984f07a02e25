"""Tells what was decided: page, comment, summary, terminal, JUnit and the verdict's file."""
