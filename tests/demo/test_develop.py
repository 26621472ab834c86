"""scripts/develop takes the ports that it was told, or lets the system choose them, and says which is taken."""

from collections.abc import Iterator
import socket

import pytest

from demo.develop import ports_for
from demo.homeassistant import HomeAssistantError


@pytest.fixture
def taken(loopback_only: None) -> Iterator[int]:
    """A port that somebody else uses."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize(("port", "check"), [(0, False), (0, True), (None, True)])
def test_the_system_chooses_four_ports(port: int | None, check: bool) -> None:
    ports = ports_for(port, check=check)
    assert len(set(ports)) == 4
    assert not set(ports) & {0, 8123, 9000, 5020, 5080}


def test_a_port_that_is_taken_is_named_with_what_to_do(taken: int) -> None:
    for check in (False, True):
        with pytest.raises(HomeAssistantError, match=rf"Port {taken} is in use: .* --port\."):
            ports_for(taken, check=check)


def test_a_port_of_the_house_that_is_taken_is_named_too(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.develop._HOUSE_PORTS", (taken,))
    free, *_ = ports_for(0, check=False)
    with pytest.raises(HomeAssistantError, match=rf"Port {taken} is in use: .* --port 0\."):
        ports_for(free, check=False)
