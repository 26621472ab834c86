"""The tests of Fusewise; they mirror the tree that they test."""
