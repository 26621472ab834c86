"""Measures how quick and how good the balancing is: `scripts/bench`."""
