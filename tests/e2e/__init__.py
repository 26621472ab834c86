"""The demo house and a real Home Assistant, as processes, over real sockets, in real time."""
