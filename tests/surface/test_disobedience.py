"""A charger that accepts its limit and draws more is reported, and counted with what it draws."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise import disobedience
from custom_components.fusewise.devices.ocpp import ways
from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..devices.ocpp.peer import Peer, WallClock, current
from .house import stored_site, until


@pytest.fixture
async def peer() -> AsyncGenerator[Peer]:
    """A charge point that accepts every limit."""
    peer = Peer(identity="garage", clock=WallClock())
    yield peer
    await peer.leave()


async def test_a_charger_that_does_not_obey_is_reported_until_it_does(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    peer: Peer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(disobedience, "SURE_AFTER", 0.5)
    monkeypatch.setattr(disobedience, "OVER_AFTER", 1.0)
    monkeypatch.setattr(ways, "SETTLING", 1.0)
    entry = MockConfigEntry(
        entry_id="id_of_home",
        title="Home",
        **stored_site(house.meter.port, ocpp_port, "garage"),
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await peer.connect(ocpp_port)
    await peer.start()
    issues = ir.async_get(hass)
    drawn = 40.0  # more than its maximum of 16 A, whatever it is told

    async def measure() -> None:
        while True:
            await peer.measure(*(current(drawn, phase) for phase in ("L1", "L2", "L3")))
            await asyncio.sleep(0.3)

    measuring = asyncio.create_task(measure())
    await until(lambda: issues.async_get_issue("fusewise", "disobeys_id_of_garage"), within=40)
    issue = issues.async_get_issue("fusewise", "disobeys_id_of_garage")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["name"] == "Garage"
    assert issue.translation_placeholders["drawn"] == "40.0"
    drawn = 0.0
    await until(lambda: not issues.async_get_issue("fusewise", "disobeys_id_of_garage"), within=30)
    measuring.cancel()
