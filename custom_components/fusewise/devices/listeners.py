"""Who wants to hear that a device has something new."""

from collections.abc import Callable

__all__ = ["Listeners"]


class Listeners[**P]:
    """Callables that are called together; one may come twice, and leaves as often."""

    def __init__(self) -> None:
        self._boxes: list[tuple[Callable[P, None]]] = []

    def add(self, listener: Callable[P, None]) -> Callable[[], None]:
        """Call it from now on, until what this returns is called."""
        # In a box of its own, so that one listener may subscribe twice and leave once.
        box = (listener,)
        self._boxes.append(box)

        def leave() -> None:
            # A new list: somebody may leave while all are being called.
            self._boxes = [other for other in self._boxes if other is not box]

        return leave

    def call(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call everybody, in the order in which they came."""
        for (listener,) in self._boxes:
            listener(*args, **kwargs)
