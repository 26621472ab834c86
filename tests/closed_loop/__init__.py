"""The loop in motion: `decide` against a house as physics, watched at the fuse."""
