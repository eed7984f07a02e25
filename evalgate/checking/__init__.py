"""Looks a library of prompts and eval sets over without calling a model."""
