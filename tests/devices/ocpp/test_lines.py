"""Lines that are lost and come back."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.fusewise.devices import DeviceOfflineError
from custom_components.fusewise.devices.ocpp import CentralSystem

from .conftest import Eventually
from .peer import Clock, Peer

type Arrive = Callable[..., Awaitable[Peer]]


async def test_a_lost_line_keeps_the_limit_known_until_it_ends(
    central: CentralSystem, arrive: Arrive, eventually: Eventually, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(12.0)
    known = charger.reading
    await peer.cut()
    await eventually(lambda: not charger.reading.online)
    assert (charger.reading.limit, charger.reading.limit_until) == (12.0, known.limit_until)
    assert charger.reading.session == known.session
    with pytest.raises(DeviceOfflineError, match=r"garage is not connected; alone it lets 6 A"):
        await charger.apply(12.0)


async def test_a_charger_that_comes_back_is_told_its_limit_again(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(12.0)
    await peer.cut()
    peer.boots = False
    assert central.port is not None
    await peer.connect(central.port)
    await charger.apply(12.0)
    assert len(peer.told("TxProfile")) == 2


async def test_listeners_hear_of_everything_until_they_leave(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    seen: list[Any] = []
    leave = charger.subscribe(lambda: seen.append(charger.reading))
    peer = await arrive("garage")
    assert seen[0].online
    await peer.start()
    assert seen[-1].session is not None
    await peer.cut()
    await eventually(lambda: not seen[-1].online)
    count = len(seen)
    leave()
    leave()
    await arrive("garage")
    assert len(seen) == count


async def test_a_boot_in_the_middle_of_a_question_is_no_fault(
    central: CentralSystem, arrive: Arrive, eventually: Eventually, caplog: pytest.LogCaptureFixture
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await eventually(lambda: charger.armed is not None)
    for _ in range(5):
        await peer.boot()  # what is asked at each boot is given up at the next
    await eventually(lambda: charger.armed is not None)
    assert "ocpp-unexpected-answer" not in caplog.text
