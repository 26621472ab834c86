"""Fusewise shares the current that a home's fuse has to spare between its electric cars."""

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .actions import async_register_actions
from .const import CONF_OCPP, DOMAIN, PLATFORMS
from .coordinator import FusewiseConfigEntry, FusewiseCoordinator
from .dashboard import async_hide_dashboard, async_offer_dashboard, async_show_dashboard
from .device import async_register_many
from .doors import async_get_doors
from .energy_dashboard import async_clear_energy_dashboard, async_drop_gone_chargers
from .grid_limits import async_forget_grid_limits
from .issues import async_forget_site, async_forget_stall
from .learnt_store import async_forget_learnt
from .listening import DoorError, address_of, listening_of
from .migration import async_migrate
from .session_log import SessionLog, async_forget_sessions
from .store import SiteStore
from .web import OcppView
from .wishes import async_forget_wishes

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Let chargers connect to Home Assistant's own web server too, and offer the actions."""
    hass.http.register_view(OcppView(hass))
    async_register_actions(hass)
    await async_offer_dashboard(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: FusewiseConfigEntry) -> bool:
    """Set up a site. A meter that does not answer is no hindrance: its circuit falls back."""
    doors = async_get_doors(hass)
    host, port = address_of(entry)
    try:
        door = await doors.enter(entry.entry_id, listening_of(hass, entry.data[CONF_OCPP]))
    except DoorError as error:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=error.key,
            translation_placeholders={"host": host, "port": str(port), **error.placeholders},
        ) from error
    entry.async_on_unload(lambda: doors.leave_soon(entry.entry_id))
    log = SessionLog(hass, entry.entry_id)
    await log.async_load()
    entry.async_on_unload(log.async_close)
    entry.async_on_unload(
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, log.async_keep)
    )
    entry.runtime_data = coordinator = FusewiseCoordinator(hass, entry, door, log)
    entry.async_on_unload(coordinator.async_close)
    await async_register_many(hass, entry, coordinator.chargers)
    await coordinator.async_restore()
    try:
        await coordinator.async_configure()
    except HomeAssistantError as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="meter_link_taken",
            translation_placeholders={"error": str(error)},
        ) from error
    await coordinator.async_begin()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(_async_settings_changed))
    await async_show_dashboard(hass)
    return True


async def _async_settings_changed(hass: HomeAssistant, entry: FusewiseConfigEntry) -> None:
    """Take over changed settings of the site, or of what belongs to it."""
    if not entry.runtime_data.has_moved():
        try:
            await entry.runtime_data.async_configure()
        except HomeAssistantError:
            pass  # a meter cannot be had: what to do about it stands beside a site that is not loaded
        else:
            await async_drop_gone_chargers(hass, entry)
            return
    # The chargers keep their sockets: these belong to the door.
    hass.config_entries.async_schedule_reload(entry.entry_id)


async def async_migrate_entry(hass: HomeAssistant, entry: FusewiseConfigEntry) -> bool:
    """Bring what an earlier version has stored into today's form."""
    async_migrate(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: FusewiseConfigEntry) -> bool:
    """Unload a site. Its chargers keep their limits until these end, then their fall-backs."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.async_keep()
    async_forget_stall(hass, entry.entry_id)
    if entry.disabled_by is not None:
        async_forget_site(hass, entry.entry_id, entry.subentries)
        await async_get_doors(hass).leave(entry.entry_id)
        _hide_dashboard_after(hass, entry)
    return True


@callback
def _hide_dashboard_after(hass: HomeAssistant, gone: FusewiseConfigEntry) -> None:
    """Take the dashboard away when no other site is left that it could show."""
    others = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    if all(entry.entry_id == gone.entry_id for entry in others):
        async_hide_dashboard(hass)


async def async_remove_entry(hass: HomeAssistant, entry: FusewiseConfigEntry) -> None:
    """Close the door behind a site that is gone, and forget all that was known of it."""
    async_forget_site(hass, entry.entry_id, entry.subentries)
    await async_clear_energy_dashboard(hass, entry)
    await async_forget_sessions(hass, entry.entry_id)
    await async_forget_wishes(hass, entry.entry_id)
    await async_forget_grid_limits(hass, entry.entry_id)
    await async_forget_learnt(hass, entry.entry_id)
    await SiteStore(hass, entry.entry_id).async_remove()
    await async_get_doors(hass).leave(entry.entry_id)
    _hide_dashboard_after(hass, entry)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: FusewiseConfigEntry, device: DeviceEntry
) -> bool:
    """Let a device be deleted that nothing stands for any more."""
    alive = {entry.entry_id, *entry.subentries}
    return not any(domain == DOMAIN and owner in alive for domain, owner in device.identifiers)
