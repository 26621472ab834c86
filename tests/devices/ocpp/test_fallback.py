"""What a charger lets through by itself: written once, before anything else, and again when it may be gone."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.fusewise.devices import DeviceRefusedError
from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings

from .conftest import Eventually
from .peer import Clock, Peer

type Arrive = Callable[..., Awaitable[Peer]]


async def test_the_fallback_is_written_before_anything_is_let_through(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage", ChargerSettings(fallback=8.0))
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(16.0)
    purposes = [
        payload["cs_charging_profiles"]["charging_profile_purpose"]
        for action, payload in peer.heard
        if action == "SetChargingProfile"
    ]
    assert purposes == ["TxDefaultProfile", "TxProfile"]
    (fallback,) = peer.told("TxDefaultProfile")
    assert fallback["stack_level"] == 0
    assert "duration" not in fallback["charging_schedule"]
    assert fallback["charging_schedule"]["charging_schedule_period"][0]["limit"] == 8


async def test_the_fallback_is_written_once_however_often_the_line_is_lost(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await eventually(lambda: charger.armed == 6.0)
    for _ in range(3):
        await peer.cut()
        peer.boots = False
        assert central.port is not None
        await peer.connect(central.port)
        await peer.start()
        await charger.apply(10.0)
    assert len(peer.told("TxDefaultProfile")) == 1


async def test_the_fallback_is_written_again_to_a_charger_that_was_restarted(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await eventually(lambda: charger.armed == 6.0)
    peer.installed.clear()
    await peer.boot()
    await eventually(lambda: len(peer.told("TxDefaultProfile")) == 2)
    assert peer.let_through() == 6.0


async def test_a_charger_that_refuses_a_fallback_is_limited_all_the_same_and_that_is_told(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", profile_status=_refuse("TxDefaultProfile", "Rejected"))
    await peer.start()
    for _ in range(5):
        with pytest.raises(
            DeviceRefusedError, match=r"at its maximum whenever Home Assistant is away"
        ):
            await charger.apply(10.0)
        clock.advance(1.0)
    assert charger.armed is None
    assert peer.let_through() == 10.0
    assert len(peer.told("TxDefaultProfile")) == 1


def _refuse(purpose: str, status: str) -> Callable[[Any], str]:
    return lambda profile: status if profile["charging_profile_purpose"] == purpose else "Accepted"
