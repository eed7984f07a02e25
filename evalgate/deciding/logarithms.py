"""Sums, limits and binomials of numbers that are kept as logarithms."""

import math
from collections.abc import Sequence

MOST_LOG = 690.0
"""The logarithm at which evidence is cut off, so that it stays a number; less is still valid."""


def log_of_sum(logs: Sequence[float]) -> float:
    """Return the logarithm of a sum of numbers that are given by theirs."""
    largest = max(logs)
    return largest + math.log(math.fsum(math.exp(each - largest) for each in logs))


def number_of(log: float) -> float:
    """Return the number that a logarithm stands for, cut off before it is none any more."""
    return math.exp(max(-MOST_LOG, min(MOST_LOG, log)))


def log_ways(of: int, chosen: int) -> float:
    """Return the logarithm of the number of ways to choose so many of so many."""
    return math.lgamma(of + 1) - math.lgamma(chosen + 1) - math.lgamma(of - chosen + 1)


def log_beta(first: float, last: float) -> float:
    """Return the logarithm of the beta function; both arguments are above 0."""
    return math.lgamma(first) + math.lgamma(last) - math.lgamma(first + last)
