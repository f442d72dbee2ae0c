"""Slow, obvious float64 NumPy versions of every operation: what the tests compare with."""
