"""Scores sampled answers of production with the graders and the judge of the gate."""
