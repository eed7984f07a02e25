"""From trials to a verdict: pure arithmetic and rules, standard library only."""
