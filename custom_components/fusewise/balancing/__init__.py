"""Who gets how much current now: pure functions from what is known to what is decided."""
