"""A file that a later version has written, or that cannot be read, is neither written over nor passed over in silence."""

from copy import deepcopy
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

from .house import entity_meter, stored_site

FILES = (
    "fusewise.home",
    "fusewise.sessions.home",
    "fusewise.wishes.home",
    "fusewise.grid_limits.home",
    "fusewise.learnt.home",
)


@pytest.fixture
def site(hass: HomeAssistant, ocpp_port: int) -> MockConfigEntry:
    """A site that is not set up yet."""
    entry = MockConfigEntry(
        entry_id="home", title="Home", **stored_site(1, ocpp_port, entity_meter())
    )
    entry.add_to_hass(hass)
    return entry


@pytest.mark.parametrize("file", FILES)
async def test_what_a_later_version_has_written_stays_until_that_is_back(
    hass: HomeAssistant, site: MockConfigEntry, hass_storage: dict[str, Any], file: str
) -> None:
    later = {
        "version": 2,
        "minor_version": 1,
        "key": file,
        "data": {"what": ["is", "not", "known"]},
    }
    hass_storage[file] = deepcopy(later)
    assert not await hass.config_entries.async_setup(site.entry_id)
    assert site.state is ConfigEntryState.SETUP_ERROR
    assert site.reason is not None
    assert site.reason.startswith(hass.config.path(".storage", file))
    assert "later version of Fusewise" in site.reason
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert hass_storage[file] == later
    # Its owner begins anew, as the message says.
    del hass_storage[file]
    assert await hass.config_entries.async_reload(site.entry_id)


@pytest.mark.parametrize("file", FILES)
async def test_what_cannot_be_read_is_not_written_over(
    hass: HomeAssistant, site: MockConfigEntry, hass_storage: dict[str, Any], file: str
) -> None:
    load = Store.async_load

    async def refused(store: Store[Any]) -> Any:
        if store.key == file:
            raise HomeAssistantError("Permission denied")
        return await load(store)

    with patch.object(Store, "async_load", refused):
        assert not await hass.config_entries.async_setup(site.entry_id)
    assert site.state is ConfigEntryState.SETUP_ERROR
    assert site.reason is not None
    assert "cannot be read: Permission denied" in site.reason
    assert file not in hass_storage
