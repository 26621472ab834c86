"""What was seen of an OCPP charger is balanced by, and what its owner knows better comes first."""

from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.devices.ocpp import Known, Learnt
from demo.world import World
from homeassistant.core import HomeAssistant

from .house import only_charger, site_entry, until

GARAGE = {
    "name": "Garage",
    "wiring": "L2 L3 L1",
    "maximum": 16,
    "fallback": 6,
    "security": "unchanged",
}


def balanced_by(entry: MockConfigEntry) -> tuple[float, bool]:
    [charger] = entry.runtime_data.controller.site.chargers
    return charger.step, charger.pausable


async def test_what_was_seen_is_balanced_by_and_its_owner_overrules_it(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    subentry = only_charger(entry)
    charger = entry.runtime_data.chargers[subentry.subentry_id]
    assert balanced_by(entry) == (0.1, True)
    charger.remember_learnt(Learnt(traits=Known(step=1.0, pauses=False, spacing=4.0)))
    await until(lambda: balanced_by(entry) == (1.0, False))
    assert charger.learnt.stored()["traits"] == {"step": 1.0, "pauses": False, "spacing": 4.0}

    async def told_by(**telling: Any) -> Any:
        step: Any = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
        step = await hass.config_entries.subentries.async_configure(
            step["flow_id"],
            GARAGE | {"telling": {"way": "automatic", "unit": "automatic", "life": 30} | telling},
        )
        await hass.async_block_till_done()
        return step

    step = await told_by(step="tenths", pause="zero", spacing=11)
    assert step["errors"] == {"telling": "spacing_invalid"}
    await told_by(step="tenths", pause="zero", spacing=7)
    assert balanced_by(entry) == (0.1, True)
    assert charger.settings.spacing == 7.0
    await told_by(step="whole", pause="session", spacing=0)
    assert balanced_by(entry) == (1.0, False)
    await told_by()
    assert (charger.settings.step, charger.settings.pauses) == (None, None)
