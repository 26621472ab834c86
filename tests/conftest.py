"""What every test gets: Fusewise as an installed integration, and sockets on loopback only."""

from collections.abc import Callable, Generator
import ipaddress
from pathlib import Path
import socket
from typing import Any

from hypothesis import HealthCheck, Phase, settings
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
import pytest_socket
from syrupy.assertion import SnapshotAssertion

import custom_components  # noqa: F401  # ours first, not the test plugin's testing_config

from .texts import DOMAIN, english, watched

# Always the same few examples, wherever the tests run: what fails is the change, not the dice. The thousands
# that look for what nobody has thought of are for a person with time: scripts/test --hypothesis-profile thorough --timeout 0.
# Explaining a failure takes minutes; shrinking it helps.
settings.register_profile(
    "quick",
    deadline=None,
    max_examples=60,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough", settings.get_profile("quick"), max_examples=3000, derandomize=False, print_blob=True
)
settings.load_profile("quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `scripts/test --browser` run what needs one, and nothing else need it."""
    parser.addoption("--browser", action="store_true", help="run tests/browser, and only that")
    parser.addoption("--pictures", action="store_true", help="write docs/images too")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what needs a browser, until somebody asks for it."""
    is_of_browser = collection_path.name == "browser" and collection_path.parent.name == "tests"
    return True if is_of_browser and not config.getoption("browser") else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the end-to-end tests: they mostly wait, and spread over the processes."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let each Home Assistant of a test find custom_components/ (after its recorder)."""
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True)
def every_text_is_written(
    auto_enable_custom_integrations: None,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Generator[None]:
    """Fail a test in which Fusewise shows its user something that has no text."""
    if "hass" not in request.fixturenames:
        yield
        return
    with watched(request.getfixturevalue("hass"), monkeypatch, DOMAIN, english()):
        yield


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write snapshots as Home Assistant does (without timestamps and ids that change)."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests speak real protocols over loopback, and with nothing else.

    The Home Assistant plugin lets no test make a socket at all. Here it may, and each call
    that names an address is refused unless that is loopback's. A refusal fails the test at
    its end even when the code under test swallows the error.
    """
    pytest_socket.enable_socket()
    for name in ("bind", "connect", "connect_ex", "sendmsg", "sendto"):
        monkeypatch.setattr(socket.socket, name, _guarded(name))


def _guarded(name: str) -> Callable[..., Any]:
    real = getattr(socket.socket.__base__, name)

    def guarded(sock: socket.socket, *args: Any) -> Any:
        # The address is the last argument of all five; sendmsg may come without one.
        address = args[-1] if args else None
        internet = sock.family in (socket.AF_INET, socket.AF_INET6)
        if internet and isinstance(address, tuple) and not _is_loopback(address[0]):
            message = f"A test may use 127.0.0.1 and ::1 only: socket.{name}({address!r})"
            raise pytest_socket.SocketBlockedError(message)
        return real(sock, *args)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
