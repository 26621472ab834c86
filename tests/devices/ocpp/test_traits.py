"""What a charger is like is seen, kept, and may be corrected: its step, and how often it likes to be told."""

import asyncio
import contextlib
import math
from typing import Any, override

import pytest

from custom_components.fusewise.devices import DeviceError
from custom_components.fusewise.devices.ocpp import (
    CentralSystem,
    ChargerSettings,
    Learnt,
    OcppCharger,
    rpc,
)
from custom_components.fusewise.devices.ocpp.quirks import QUIRKS, Quirk
from custom_components.fusewise.devices.ocpp.traits import Known, rounded

from .box import Box, at_home, balance
from .charging import charging, told
from .conftest import Eventually
from .peer import Clock


class Rounding(Box):
    """It knows whole amperes only."""

    up = False
    tells_schedule = False

    @override
    def limit(self, connector: int = 1) -> float:
        found = Box.limit(self, connector)
        return float(math.ceil(found) if self.up else math.floor(found))

    def on_GetCompositeSchedule(self, **_: Any) -> dict[str, Any]:  # noqa: N802
        if not self.tells_schedule:
            return {"status": "Rejected"}
        periods = [{"startPeriod": 0, "limit": self.limit()}]
        return {
            "status": "Accepted",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods},
        }


class Hasty(Box):
    """It takes no limit within 3 s of the last."""

    last = -math.inf

    @override
    def on_SetChargingProfile(
        self,
        connectorId: int,
        csChargingProfiles: dict[str, Any],
    ) -> dict[str, Any]:
        if self.clock() < self.last + 3.0:
            return {"status": "Rejected"}
        answer = Box.on_SetChargingProfile(self, connectorId, csChargingProfiles)
        if csChargingProfiles["chargingProfilePurpose"] == "TxProfile":
            self.last = self.clock()
        return answer


async def test_its_own_schedule_shows_that_it_knows_whole_amperes_only(
    central: CentralSystem, charger: OcppCharger, clock: Clock, eventually: Eventually
) -> None:
    box = Rounding(clock=clock)
    box.tells_schedule = True
    async with charging(box, central, charger, eventually):
        await charger.apply(9.0)
        await charger.apply(8.4)
        await charger.apply(9.7)
        assert told(box) == [9.0, 8.4, 9.0]
        assert charger.learnt.traits.step == 1.0
        assert charger.reading.limit == 9.0


async def test_its_meter_shows_that_it_rounds_up_and_it_is_never_told_more_again(
    central: CentralSystem, charger: OcppCharger, clock: Clock, eventually: Eventually
) -> None:
    box = Rounding(clock=clock)
    box.up = True
    async with charging(box, central, charger, eventually):
        for amperes in (8.4, 10.5):
            await balance(charger, box, amperes, seconds=40)
        assert charger.learnt.traits.step == 1.0
        await charger.apply(11.6)
        assert (told(box)[-1], box.draws()) == (11.0, 11.0)


async def test_its_meter_shows_that_it_knows_tenths(
    central: CentralSystem, charger: OcppCharger, clock: Clock, eventually: Eventually
) -> None:
    box = Box(clock=clock)
    async with charging(box, central, charger, eventually):
        for amperes in (8.4, 10.5):
            await balance(charger, box, amperes, seconds=40)
        assert charger.learnt.traits.step == 0.1
        await charger.apply(11.6)
        assert told(box)[-1] == 11.6


async def test_a_charger_that_refuses_haste_is_told_rises_further_apart_and_falls_at_once(
    central: CentralSystem, charger: OcppCharger, clock: Clock, eventually: Eventually
) -> None:
    box = Hasty(clock=clock)
    async with charging(box, central, charger, eventually):
        for second in range(60):
            clock.advance(1.0)
            with contextlib.suppress(DeviceError):
                await charger.apply(8.0 + second % 7)
        spacing = charger.learnt.traits.spacing
        assert 2.0 <= spacing <= 6.0
        before = len(told(box))
        clock.advance(10.0)
        await charger.apply(9.0)
        clock.advance(1.0)
        await charger.apply(12.0)  # it waits, and nobody is told of a trouble
        assert told(box)[before:] == [9.0]
        with contextlib.suppress(DeviceError):
            await charger.apply(6.0)
        assert told(box)[before:] == [9.0, 6.0]
        clock.advance(10.0)
        await charger.apply(12.0)
        assert box.draws() == 12.0


async def test_a_slow_charger_is_given_the_time_that_it_needs(
    central: CentralSystem,
    charger: OcppCharger,
    clock: Clock,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """5 s are usual; this one needs 8."""
    monkeypatch.setattr(rpc, "ANSWER_TIME", 0.05)

    async def late(send: Any) -> None:
        await asyncio.sleep(0.08)
        await send()

    box = Box(clock=clock, answer=late)
    async with at_home(box, central):
        await box.plug()
        clock.advance(5)
        for amperes in (12.0, 9.0):
            for _ in range(5):
                clock.advance(2.0)
                with contextlib.suppress(DeviceError):
                    await charger.apply(amperes)
                    break
            assert charger.reading.limit == amperes
            assert box.draws() == amperes
    assert "ocpp-unexpected-answer" not in caplog.text


async def test_what_its_owner_sets_comes_first(
    central: CentralSystem, clock: Clock, eventually: Eventually
) -> None:
    charger = central.adopt("box", ChargerSettings(maximum=16.0, step=1.0, spacing=5.0))
    charger.remember_learnt(Learnt(traits=Known(step=0.1, pauses=True, spacing=1.0)))
    box = Box(clock=clock)
    async with charging(box, central, charger, eventually):
        await charger.apply(8.9)
        clock.advance(4.0)
        await charger.apply(12.0)
        assert told(box) == [8.0]
        clock.advance(1.0)
        await charger.apply(12.0)
        assert told(box) == [8.0, 12.0]


async def test_what_is_known_of_its_make_counts_until_something_was_seen(
    central: CentralSystem,
    charger: OcppCharger,
    clock: Clock,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = Quirk(vendor="^Box$", step=1.0, source="this test")
    monkeypatch.setattr("custom_components.fusewise.devices.ocpp.quirks.QUIRKS", (make, *QUIRKS))
    box = Box(clock=clock)
    async with charging(box, central, charger, eventually):
        await charger.apply(8.9)
        assert told(box) == [8.0]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ({"step": 1.0, "pauses": False, "spacing": 4.0}, Known(step=1.0, pauses=False, spacing=4.0)),
        ({"step": 5.0, "pauses": "no", "spacing": 400}, Known(spacing=10.0)),
        ({"spacing": "long"}, Known()),
        ("nothing", Known()),
    ],
)  # fmt: skip
def test_what_was_seen_is_kept_and_what_cannot_be_is_seen_again(stored: Any, read: Known) -> None:
    assert Learnt.from_stored({"traits": stored}).traits == read
    assert Learnt.from_stored(Learnt(traits=read).stored()).traits == read


@pytest.mark.parametrize(
    ("current", "step", "told_as"), [(7.99, 0.1, 7.9), (7.99, 1.0, 7.0), (8.0, 1.0, 8.0), (0.3, 0.1, 0.3)]
)  # fmt: skip
def test_limits_are_rounded_down(current: float, step: float, told_as: float) -> None:
    assert rounded(current, step) == told_as
