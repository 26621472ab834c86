"""Tests of the demo house, over real sockets."""
