"""The hardware edge, over real sockets."""
