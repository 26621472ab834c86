"""A loop that has ended is begun again: once at a time, a few times in an hour, and never while Home Assistant stops."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise import running as module
from custom_components.fusewise.balancing.model import Site
from custom_components.fusewise.controller import Controller
from custom_components.fusewise.running import MOST, WITHIN, Running
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .balancing.builders import fuse

type Configure = Callable[[], Awaitable[None]]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which only we let pass."""
    time = [0.0]
    monkeypatch.setattr(module, "steady_clock", lambda: time[0])
    return time


def loops() -> list[asyncio.Task[object]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "fusewise Home"]


async def end_loop() -> None:
    """Let something end the loop that nobody thought of."""
    [loop] = loops()
    loop.cancel()
    await asyncio.wait([loop])


async def nothing() -> None:
    """Configure what is configured already."""


def begun(hass: HomeAssistant, configure: Configure = nothing) -> Running:
    """A site without meters and chargers, whose loop runs."""
    entry = MockConfigEntry(domain="fusewise", title="Home")
    controller = Controller(Site(circuits=(fuse(25),), chargers=()), {}, {}, lambda _: None)
    running = Running(hass, entry, controller, configure)
    running.begin()
    return running


async def looked(running: Running) -> int:
    """How many loops run after a look."""
    running.look()
    for _ in range(5):
        await asyncio.sleep(0)
    return len(loops())


async def test_a_loop_that_runs_is_left_alone(hass: HomeAssistant) -> None:
    assert await looked(begun(hass)) == 1
    await end_loop()


async def test_so_often_in_an_hour_and_again_in_the_next(
    hass: HomeAssistant, now: list[float]
) -> None:
    running = begun(hass)
    for _ in range(MOST):
        await end_loop()
        assert await looked(running) == 1
        now[0] += 60.0
    await end_loop()
    assert await looked(running) == 0
    now[0] = WITHIN - 1.0
    assert await looked(running) == 0
    now[0] = WITHIN
    assert await looked(running) == 1
    await end_loop()


async def test_nothing_is_begun_while_home_assistant_stops(hass: HomeAssistant) -> None:
    running = begun(hass)
    await end_loop()
    hass.set_state(CoreState.stopping)
    assert await looked(running) == 0
    hass.set_state(CoreState.running)


async def test_it_is_begun_once_however_long_it_takes_to_configure(hass: HomeAssistant) -> None:
    ready = asyncio.Event()

    async def slowly() -> None:
        await ready.wait()

    running = begun(hass, slowly)
    await end_loop()
    assert [await looked(running) for _ in range(3)] == [0, 0, 0]
    ready.set()
    assert await looked(running) == 1
    await end_loop()


@pytest.mark.parametrize("error", [HomeAssistantError("the port is taken"), ValueError("what?")])
async def test_what_cannot_be_configured_is_tried_again_at_the_next_look(
    hass: HomeAssistant, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    errors = [error]

    async def configure() -> None:
        if errors:
            raise errors.pop()

    running = begun(hass, configure)
    await end_loop()
    assert await looked(running) == 0
    assert "Home cannot be set up" in caplog.text
    assert str(error) in caplog.text
    assert await looked(running) == 1
    await end_loop()


async def test_what_has_ended_it_is_in_the_log(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Controller, "close", None)  # it ends with an error of its own
        running = begun(hass)
        await asyncio.sleep(0)
        await end_loop()
    assert await looked(running) == 1
    assert "has ended, and is begun again" in caplog.text
    assert "TypeError" in caplog.text
    await end_loop()
