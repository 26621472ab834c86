"""A charger is told its newest setpoint on a line of its own, which nothing ends but its closing."""

import asyncio
from collections.abc import Callable
import logging
from typing import override

import pytest

from custom_components.fusewise.balancing.model import ChargerReading, ChargerStatus
from custom_components.fusewise.devices import Charger, DeviceError, Unsubscribe
from custom_components.fusewise.line import Line


class Clumsy(Charger):
    """A charger that fails as often as it is told to, and takes what it is told then."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.taken: list[float] = []
        self.asked = asyncio.Event()

    @property
    @override
    def reading(self) -> ChargerReading:
        return ChargerReading(status=ChargerStatus.CHARGING)

    @override
    def subscribe(self, listener: Callable[[], None]) -> Unsubscribe:
        return lambda: None

    @override
    async def apply(self, current: float) -> None:
        self.asked.set()
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(current)


async def tell(line: Line, charger: Clumsy, current: float) -> None:
    charger.asked.clear()
    line.tell(current)
    await charger.asked.wait()
    await asyncio.sleep(0)


async def test_a_charger_that_says_no_is_told_again_and_its_problem_is_known() -> None:
    charger = Clumsy(DeviceError("It refuses."))
    line = Line("garage", charger)
    await tell(line, charger, 10.0)
    assert str(line.problem) == "It refuses."
    await tell(line, charger, 8.0)
    assert (line.problem, charger.taken) == (None, [8.0])
    line.close()


async def test_a_bug_of_ours_does_not_end_a_line(caplog: pytest.LogCaptureFixture) -> None:
    charger = Clumsy(KeyError("x"), KeyError("x"))
    line = Line("garage", charger)
    for current in (10.0, 9.0):
        await tell(line, charger, current)
        assert "KeyError" in str(line.problem)
    failures = [it for it in caplog.records if it.levelno == logging.ERROR]
    assert [it.getMessage() for it in failures] == ["Charger garage could not be told"]  # once
    await tell(line, charger, 8.0)
    assert (line.problem, charger.taken) == (None, [8.0])
    line.close()


async def test_a_line_that_rests_renews_nothing() -> None:
    charger = Clumsy()
    line = Line("garage", charger)
    line.tell(10.0)
    line.rest()
    await asyncio.sleep(0.05)
    assert charger.taken == []
    await tell(line, charger, 10.0)
    assert charger.taken == [10.0]
    line.close()
