"""Who may come in, and what the others get."""

from collections.abc import Awaitable, Callable
from typing import Any

from ocpp.exceptions import SecurityError
import pytest

from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings, StationInfo

from .conftest import Eventually
from .peer import Peer

type Arrive = Callable[..., Awaitable[Peer]]


async def test_an_unknown_charger_is_offered_and_kept_waiting(
    central: CentralSystem, arrive: Arrive
) -> None:
    knocks: list[StationInfo] = []
    central.subscribe(knocks.append)
    peer = await arrive("garage")
    assert peer.boot_answer.status == "Pending"
    expected = StationInfo(
        identity="garage", vendor="Peer", model="Small", serial="S-1", firmware="1.0"
    )
    assert knocks == [expected]
    assert central.pending == {"garage": expected}


async def test_an_unknown_charger_gets_nothing_but_pending(arrive: Arrive) -> None:
    peer = await arrive("garage")
    with pytest.raises(SecurityError):
        await peer.start()
    with pytest.raises(SecurityError):
        await peer.tell_status()
    assert peer.heard == []


async def test_an_unknown_charger_that_does_not_boot_is_offered_by_its_name(
    central: CentralSystem, arrive: Arrive
) -> None:
    knocks: list[StationInfo] = []
    leave = central.subscribe(knocks.append)
    peer = await arrive("garage", boots=False)
    for _ in range(2):
        with pytest.raises(SecurityError):
            await peer.tell_status()
    assert knocks == [StationInfo(identity="garage")]
    leave()
    await peer.boot()
    assert len(knocks) == 1


async def test_an_adopted_charger_is_accepted_at_once(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    peer = await arrive("garage")
    charger = central.adopt("garage")
    await eventually(lambda: peer.boot_answer.status == "Accepted")
    await eventually(lambda: charger.reading.status is ChargerStatus.AVAILABLE)
    assert charger.reading.online
    assert charger.info is not None
    assert charger.info.model == "Small"
    assert not central.pending


async def test_a_charger_adopted_before_it_comes_is_accepted_when_it_does(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    assert not charger.reading.online
    peer = await arrive("garage")
    assert peer.boot_answer.status == "Accepted"
    assert charger.reading.online


@pytest.mark.usefixtures("short_boot_wait")
async def test_a_charger_that_does_not_boot_by_itself_is_asked_to(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", boots=False)
    await eventually(lambda: charger.info is not None)
    await eventually(lambda: charger.armed == 6.0)
    assert peer.heard[0][1]["requested_message"] == "BootNotification"


async def test_a_released_charger_waits_again_when_it_comes_back(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await central.release("garage")
    await peer.closed()
    assert not charger.reading.online
    again = await arrive("garage")
    assert again.boot_answer.status == "Pending"


async def test_adopting_again_changes_the_settings_of_the_same_charger(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage", ChargerSettings(fallback=6.0))
    peer = await arrive("garage")
    await eventually(lambda: charger.armed == 6.0)
    assert central.adopt("garage", ChargerSettings(fallback=8.0)) is charger
    await charger.apply(0.0)
    assert charger.armed == 8.0
    assert peer.let_through() == 8.0


async def test_changed_wiring_is_told_to_a_charger_that_takes_watts_only(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage", ChargerSettings(conductors=3))
    peer = await arrive(
        "garage", configuration={"ChargingScheduleAllowedChargingRateUnit": ("Power", True)}
    )
    await eventually(lambda: charger.armed == 6.0)
    for _ in range(2):
        central.adopt("garage", ChargerSettings(voltage=120.0))
        await charger.apply(0.0)
    watts = [
        profile["charging_schedule"]["charging_schedule_period"][0]["limit"]
        for profile in peer.told("TxDefaultProfile")
    ]
    assert watts == [1380, 720]


async def test_releasing_a_charger_that_is_not_there_changes_nothing(
    central: CentralSystem,
) -> None:
    await central.release("garage")
    central.adopt("garage")
    await central.release("garage")
    assert not central.chargers


async def test_the_newer_connection_of_a_charger_wins(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    older = await arrive("garage")
    newer = await arrive("garage")
    await older.closed()
    await newer.start()
    await charger.apply(10.0)
    assert newer.let_through() == 10.0
    assert older.told("TxProfile") == []
    assert charger.reading.online


async def test_two_chargers_do_not_disturb_each_other(
    central: CentralSystem, arrive: Arrive
) -> None:
    one, two = central.adopt("one"), central.adopt("two")
    first, second = await arrive("one"), await arrive("two")
    await first.start()
    await second.start()
    await one.apply(7.0)
    await two.apply(9.0)
    assert (first.let_through(), second.let_through()) == (7.0, 9.0)
    await first.cut()
    await two.apply(11.0)
    assert second.let_through() == 11.0


@pytest.mark.parametrize(
    ("identity", "prefix"),
    [("garage", "ocpp/1.6/"), ("RDAM|123", ""), ("Garage 2", ""), ("Tür/links", "a/b/c/")],
)
async def test_the_identity_is_the_last_part_of_the_address(
    central: CentralSystem, arrive: Arrive, identity: str, prefix: str
) -> None:
    await arrive(identity, prefix=prefix)
    assert list(central.pending) == [identity]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"life": 5.0}, "10 to 3600 s, not 5.0 s"),
        ({"fallback": -1.0}, "fall-back of -1.0 A"),
        ({"fallback": float("nan")}, "fall-back of nan A"),
        ({"voltage": 0.0}, "voltage of 0.0 V"),
        ({"conductors": 4}, "1 to 3 conductors"),
        ({"conductors": 3, "line_to_line": True}, "2 where it is line to line"),
        ({"sample_interval": 0}, "every second at most"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        ChargerSettings(**settings)
