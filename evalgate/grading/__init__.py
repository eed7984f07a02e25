"""Grades answers: deterministic checks, rubrics judged by a model, and the eval sets of both."""
