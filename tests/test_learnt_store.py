"""What was found out about a charger outlives a stop of Home Assistant, however late it was found out."""

from typing import Any

from custom_components.fusewise.devices.ocpp import ChargerSettings, Learnt, OcppCharger
from custom_components.fusewise.learnt_store import LearntStore
from homeassistant.core import HomeAssistant


async def test_what_a_charger_was_told_after_its_last_word_is_kept(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    charger = OcppCharger("garage", ChargerSettings(), lambda: 0.0)
    store = LearntStore(hass, "home")
    await store.async_load()
    store.follow({"id_of_garage": charger})
    # It accepts its fall-back, and the stop comes before it has said anything else.
    charger.remember_learnt(Learnt(armed=6.0, armed_as="tx A 3", is_clean=True))
    await store.async_close()
    kept = hass_storage["fusewise.learnt.home"]["data"]["id_of_garage"]
    assert (kept["armed"], kept["is_clean"]) == (6.0, True)
