"""The ports of the demo: read, chosen by the system, or found to be taken."""

import argparse
import contextlib
import socket


def port_number(text: str) -> int:
    """Read a port; 0 lets the system choose. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now, nor is given by chance within the next half minute.

    The system gives no port away of which a connection was just closed; who listens there by its number may.
    """
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listener in listeners:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", 0))
            listener.listen(1)
            with socket.create_connection(listener.getsockname()):
                accepted, _ = listener.accept()
                accepted.close()  # this end first: it is the one that the system remembers
        return [listener.getsockname()[1] for listener in listeners]


def taken_ports(ports: list[int]) -> list[int]:
    """Those of `ports` that somebody else uses."""
    taken: list[int] = []
    for port in ports:
        with socket.socket() as each:
            # A port that was just left may be used again: Home Assistant does so, too.
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                each.bind(("127.0.0.1", port))
            except OSError:
                taken.append(port)
    return taken
