"""Chargers that have called are offered one after the other, each once, and nobody after the door has closed."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.fusewise.const import CONF_IDENTITY
from custom_components.fusewise.offering import GAP, Offers
from homeassistant.core import HomeAssistant
from homeassistant.helpers import discovery_flow
from homeassistant.util import dt as dt_util


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What Home Assistant was told to offer."""
    found: list[dict[str, Any]] = []

    def create(*_: object, data: dict[str, Any], **__: object) -> None:
        found.append(data)

    monkeypatch.setattr(discovery_flow, "async_create_flow", create)
    return found


def charger(identity: str, vendor: str = "Nobody") -> dict[str, Any]:
    return {CONF_IDENTITY: identity, "vendor": vendor}


async def later(hass: HomeAssistant, gaps: int) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=GAP * gaps + 0.1))
    await hass.async_block_till_done()


async def test_who_has_called_first_is_offered_first(
    hass: HomeAssistant, offered: list[dict[str, Any]]
) -> None:
    offers = Offers(hass)
    for identity in ("garage", "carport", "barn"):
        offers.offer(charger(identity))
    assert [each[CONF_IDENTITY] for each in offered] == ["garage"]
    await later(hass, 1)
    assert [each[CONF_IDENTITY] for each in offered] == ["garage", "carport"]
    offers.close()


async def test_who_calls_again_while_it_waits_is_offered_once_as_it_is_now(
    hass: HomeAssistant, offered: list[dict[str, Any]]
) -> None:
    offers = Offers(hass)
    offers.offer(charger("garage"))
    offers.offer(charger("carport"))
    offers.offer(charger("carport", "Acme"))
    for gaps in (1, 2, 3):
        await later(hass, gaps)
    assert offered == [charger("garage"), charger("carport", "Acme")]


async def test_who_calls_after_all_others_were_offered_is_offered_at_once(
    hass: HomeAssistant, offered: list[dict[str, Any]]
) -> None:
    offers = Offers(hass)
    offers.offer(charger("garage"))
    await later(hass, 1)
    offers.offer(charger("carport"))
    assert len(offered) == 2
    offers.close()


async def test_nobody_is_offered_after_the_door_has_closed(
    hass: HomeAssistant, offered: list[dict[str, Any]]
) -> None:
    offers = Offers(hass)
    offers.offer(charger("garage"))
    offers.offer(charger("carport"))
    offers.close()
    await later(hass, 1)
    assert len(offered) == 1
    # It opens again: who waited then has to call anew, and nobody rests.
    offers.offer(charger("barn"))
    assert [each[CONF_IDENTITY] for each in offered] == ["garage", "barn"]
    offers.close()
