"""A charger that draws on at 0 A is paused by ending its transaction; its session goes on after the pause."""

import contextlib
import json
from typing import Any, override

import pytest

from custom_components.fusewise.balancing.model import Session
from custom_components.fusewise.devices import DeviceRefusedError
from custom_components.fusewise.devices.ocpp import (
    CentralSystem,
    ChargerSettings,
    Learnt,
    OcppCharger,
    Way,
)

from .box import Box, at_home, balance
from .charging import charging, told
from .conftest import Eventually
from .peer import Clock

ENDS = ChargerSettings(maximum=16.0, pauses=False)


class DrawsOn(Box):
    """It never goes below 6 A."""

    @override
    def draws(self, connector: int = 1) -> float:
        return min(max(6.0, self.limit(connector)), self.outlets[connector].wants)

    def on_RemoteStartTransaction(self, **_: Any) -> dict[str, Any]:  # noqa: N802
        return {"status": "Accepted"}


async def paused(box: Box, charger: OcppCharger, eventually: Eventually) -> Session | None:
    """It charges, and is paused by ending its transaction; the session in which it does."""
    await charger.apply(10.0)
    session = charger.reading.session
    assert session is not None
    await charger.apply(0.0)
    await eventually(lambda: box.outlets[1].transaction is None)
    return session


async def test_a_charger_that_draws_on_at_0_is_paused_by_ending_its_session(
    central: CentralSystem,
    charger: OcppCharger,
    clock: Clock,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
) -> None:
    box = DrawsOn(clock=clock)
    async with charging(box, central, charger, eventually):
        await balance(charger, box, 10.0, seconds=40)
        way = charger.way
        await box.tell_status("Charging")
        await balance(charger, box, 0.0, seconds=40)
        await eventually(lambda: box.outlets[1].transaction is None)
        assert charger.learnt.traits.pauses is False
        assert caplog.text.count("(ocpp-other-pause)") == 1
        assert charger.way is way
        assert box.draws() == 0.0
        # It waits like any other, and begins again where there is room: asked once in a minute.
        await box.tell_status("Finishing")
        assert charger.reading.status == "suspended_evse"
        await charger.apply(0.0)
        for _ in range(50):
            clock.advance(1.0)
            await charger.apply(8.0)
        starts = [action for action, _ in box.heard if action == "RemoteStartTransaction"]
        assert len(starts) == 1
        await box.plug()
        await charger.apply(8.0)
        await box.tell_status("Charging")
        assert (charger.reading.status, box.draws()) == ("charging", 8.0)
        # What was learnt counts at once now.
        await charger.apply(0.0)
        await eventually(lambda: box.outlets[1].transaction is None)
        await box.tell_status("Available")
        assert charger.reading.status == "available"


async def test_a_charger_that_does_not_let_its_session_be_ended_is_told_of_and_not_pestered(
    central: CentralSystem, clock: Clock, eventually: Eventually
) -> None:
    charger = central.adopt("box", ChargerSettings(maximum=16.0, pauses=False))
    box = DrawsOn(clock=clock, refuses=frozenset({"RemoteStopTransaction"}))
    async with charging(box, central, charger, eventually):
        for _ in range(5):
            clock.advance(1.0)
            with pytest.raises(DeviceRefusedError, match="refuses RemoteStopTransaction"):
                await charger.apply(0.0)
        # It is told 0 all the same, so it draws as little as it can.
        assert told(box)[-1:] == [0.0]
        assert charger.reading.limit == 0.0
        way = charger.way
        await balance_refused(charger, box)
        assert (charger.way, box.draws()) == (way, 6.0)
        stops = [action for action, _ in box.heard if action == "RemoteStopTransaction"]
        assert len(stops) == 2


async def balance_refused(charger: OcppCharger, box: Box) -> None:
    """A minute in which it is told 0 and draws on."""
    for _ in range(60):
        box.clock.advance(1.0)
        await box.measure()
        with contextlib.suppress(DeviceRefusedError):
            await charger.apply(0.0)


async def test_a_session_that_is_paused_by_ending_it_goes_on_as_the_same(
    central: CentralSystem, clock: Clock, eventually: Eventually
) -> None:
    charger = central.adopt("box", ENDS)
    box = DrawsOn(clock=clock)
    async with charging(box, central, charger, eventually):
        session = await paused(box, charger, eventually)
        await box.tell_status("Finishing")
        assert charger.reading.session == session
        clock.advance(100.0)
        await charger.apply(8.0)
        await box.plug()
        assert charger.reading.session == session
        # What somebody else ends is over.
        await box.unplug()
        assert charger.reading.session is None
        await box.plug()
        assert charger.reading.session not in (session, None)


async def test_a_pause_outlives_a_restart_of_home_assistant_and_not_the_car(
    central: CentralSystem, clock: Clock, eventually: Eventually
) -> None:
    charger = central.adopt("box", ENDS)
    box = DrawsOn(clock=clock)
    async with charging(box, central, charger, eventually):
        await paused(box, charger, eventually)
        kept = Learnt.from_stored(json.loads(json.dumps(charger.learnt.stored())))
    for status, starts in (("Finishing", 1), ("Preparing", 1), ("Available", 0), ("Charging", 0)):
        await central.release("box")
        charger = central.adopt("box", ENDS)
        charger.remember_learnt(kept)
        box = DrawsOn(clock=clock)
        async with at_home(box, central):
            clock.advance(61.0)  # it was started long ago
            await box.tell_status(status)
            await box.tell_status("Preparing")
            await charger.apply(8.0)
            asked = [action for action, _ in box.heard if action == "RemoteStartTransaction"]
            assert len(asked) == starts
            assert (charger.reading.session is not None) is bool(starts)


@pytest.mark.parametrize(("seconds", "goes_on"), [(5.0, True), (61.0, False)])
async def test_a_charger_that_starts_in_a_pause_may_call_its_outlet_free_until_it_has_looked(
    central: CentralSystem, clock: Clock, eventually: Eventually, seconds: float, goes_on: bool
) -> None:
    charger = central.adopt("box", ENDS)
    box = DrawsOn(clock=clock)
    async with charging(box, central, charger, eventually):
        session = await paused(box, charger, eventually)
        await box.say("BootNotification", box.boots_with)
        await box.tell_status("Available")
        assert (charger.reading.status, charger.reading.session) == ("available", None)
        clock.advance(seconds)
        await charger.apply(8.0)
        asked = [action for action, _ in box.heard]
        assert "RemoteStartTransaction" not in asked
        await box.tell_status("Preparing")
        assert charger.reading.session == (session if goes_on else None)
        await charger.apply(8.0)
        asked = [action for action, _ in box.heard]
        assert ("RemoteStartTransaction" in asked) is goes_on
        await box.plug()
        assert (charger.reading.session == session) is goes_on
        await charger.apply(8.0)
        assert box.draws() == 8.0


@pytest.mark.parametrize("line_is_lost", [True, False])
async def test_a_pause_outlives_a_lost_line_and_a_start_of_the_charger(
    central: CentralSystem, clock: Clock, eventually: Eventually, line_is_lost: bool
) -> None:
    """Its part of the session is counted once, and what begins after it is held from the first moment."""
    charger = central.adopt("box", ENDS)
    told_of: list[Any] = []
    charger.events.subscribe(told_of.append)
    box = DrawsOn(clock=clock)
    async with charging(box, central, charger, eventually):
        session = await paused(box, charger, eventually)
        await box.tell_status("Finishing")
        if line_is_lost:
            await box.go()
            await eventually(lambda: not charger.reading.online)
            assert charger.reading.session == session
            assert central.port is not None
            await box.come(central.port, boots=False)
        else:
            await box.say("BootNotification", box.boots_with)
        await box.tell_status("Finishing")
        assert charger.reading.session == session
        assert charger.reading.status == "suspended_evse"
        clock.advance(100.0)
        await charger.apply(8.0)
        await box.plug()
        assert box.draws() <= 8.0  # its fall-back is there already
        await charger.apply(8.0)
        assert box.draws() == 8.0
        assert charger.reading.session == session
    kinds = [type(event).__name__ for event in told_of if "Measured" not in type(event).__name__]
    assert kinds == ["SessionBegan", "SessionEnded", "SessionBegan"]


async def test_one_that_forgets_its_limit_in_a_pause_is_told_twice(
    central: CentralSystem, clock: Clock, eventually: Eventually
) -> None:
    charger = central.adopt("box", ChargerSettings(maximum=16.0, way=Way.TX))
    box = Box(clock=clock, boots_with={"chargePointVendor": "go-e", "chargePointModel": "Gemini"})
    async with charging(box, central, charger, eventually):
        for amperes in (10.0, 0.0, 8.0):
            clock.advance(1.0)
            await charger.apply(amperes)
        for _ in range(9):
            clock.advance(1.0)
            await charger.apply(8.0)
        assert told(box) == [10.0, 0.0, 8.0, 8.0]


async def test_a_pause_of_yesterday_is_none(central: CentralSystem, clock: Clock) -> None:
    charger = central.adopt("box", ENDS)
    charger.remember_learnt(Learnt(paused_at=clock() - 13 * 3600.0))
    box = DrawsOn(clock=clock)
    async with at_home(box, central):
        await box.tell_status("Preparing")
        assert charger.reading.status == "preparing"


async def test_a_charger_that_went_on_instead_of_pausing_is_not_begun_again_later(
    central: CentralSystem, clock: Clock, eventually: Eventually
) -> None:
    charger = central.adopt("box", ENDS)

    class Forgets(DrawsOn):
        """It agrees to end its session, and does not."""

        @override
        def on_RemoteStopTransaction(self, transactionId: int) -> dict[str, Any]:
            return {"status": "Accepted"}

    box = Forgets(clock=clock)
    async with charging(box, central, charger, eventually):
        await charger.apply(0.0)
        clock.advance(100.0)
        await charger.apply(8.0)
        await box.unplug()
        await box.tell_status("Finishing")
        assert charger.reading.status == "finishing"
        await charger.apply(8.0)
        assert "RemoteStartTransaction" not in [action for action, _ in box.heard]


async def test_a_charger_that_pauses_at_0_is_known_to(
    central: CentralSystem, charger: OcppCharger, clock: Clock, eventually: Eventually
) -> None:
    box = Box(clock=clock)
    async with charging(box, central, charger, eventually):
        await balance(charger, box, 10.0, seconds=40)
        await balance(charger, box, 0.0, seconds=40)
        assert charger.learnt.traits.pauses is True
        assert box.outlets[1].transaction is not None
