"""Everybody who listens to a device is told, until he leaves."""

from custom_components.fusewise.devices.listeners import Listeners


def test_everybody_is_called_in_the_order_in_which_they_came() -> None:
    heard: list[str] = []
    listeners = Listeners[[str]]()
    listeners.add(lambda word: heard.append(f"one {word}"))
    listeners.add(lambda word: heard.append(f"two {word}"))
    listeners.call("hello")
    assert heard == ["one hello", "two hello"]


def test_who_came_twice_leaves_once() -> None:
    heard: list[int] = []
    listeners = Listeners[[int]]()
    leave = listeners.add(heard.append)
    listeners.add(heard.append)
    leave()
    leave()
    listeners.call(1)
    assert heard == [1]


def test_one_who_leaves_while_all_are_called_keeps_nobody_from_hearing() -> None:
    heard: list[str] = []
    listeners = Listeners[[]]()

    def once() -> None:
        heard.append("once")
        leave()

    leave = listeners.add(once)
    listeners.add(lambda: heard.append("always"))
    listeners.call()
    listeners.call()
    assert heard == ["once", "always", "always"]
