"""What Home Assistant's system information says of Fusewise: which sites run, and how many chargers are there."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .controller import steady_clock
from .targets import loaded_sites


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register it."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Tell what is of use in a bug report."""
    sites = [entry.runtime_data for entry in loaded_sites(hass)]
    readings = [charger.reading for site in sites for charger in site.chargers.values()]
    ages = [steady_clock() - site.published_at for site in sites]
    return {
        "sites": f"{len(sites)} / {len(hass.config_entries.async_entries(DOMAIN))}",
        "chargers": f"{sum(reading.online for reading in readings)} / {len(readings)}",
        "last_cycle": f"{max(ages, default=0.0):.1f} s",
        "falling_back": sum(
            state.fallback is not None
            for site in sites
            if site.data is not None
            for state in site.data.decision.circuits
        ),
    }
