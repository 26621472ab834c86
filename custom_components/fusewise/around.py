"""What is around a site: its sun, batteries, vehicles, price and thermometers; what is stored, and made of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .balancing.model import Site
from .balancing.settings import BatteryUse
from .const import (
    CONF_BATTERY_USE,
    CONF_PRICE,
    CONF_RESERVE,
    CONF_TEMPERATURE,
    CONF_VOLTAGE,
    CONF_WIRING,
    MAIN_CIRCUIT,
    SUBENTRY_BATTERY,
    SUBENTRY_CIRCUIT,
    SUBENTRY_SOLAR,
    SUBENTRY_VEHICLE,
)
from .controller import steady_clock
from .devices.entity import (
    BatteryEntities,
    EntityBattery,
    EntityPrice,
    EntitySolar,
    EntityThermometer,
    EntityVehicle,
    SolarEntities,
    VehicleEntities,
)
from .site import wiring_of
from .surroundings import Surroundings

type Stored = Mapping[str, Any]


def solar_of(stored: Stored) -> SolarEntities:
    """The solar panels that are stored."""
    return SolarEntities(
        powers=tuple(stored["powers"]),
        wiring=wiring_of(stored[CONF_WIRING]),
        negative=stored["negative"],
    )


def battery_of(stored: Stored) -> BatteryEntities:
    """The battery that is stored."""
    own = {key: stored.get(key) for key in ("discharged", "soc", "capacity", "capacity_kwh")}
    limits = {key: stored.get(key) for key in ("maximum_charge", "maximum_discharge")}
    return BatteryEntities(power=stored["power"], negative=stored["negative"], **own, **limits)


def vehicle_of(stored: Stored) -> VehicleEntities:
    """The vehicle that is stored."""
    own = ("soc", "target", "target_soc", "capacity", "capacity_kwh", "presence", "plug")
    return VehicleEntities(
        **{key: stored.get(key) for key in (*own, "maximum", "charger")},
        cards=tuple(stored.get("cards", ())),
    )


def configure_surroundings(
    hass: HomeAssistant, entry: ConfigEntry[Any], surroundings: Surroundings
) -> None:
    """Take over what is configured now, in place."""
    voltage = entry.data[CONF_VOLTAGE]
    price = entry.options.get(CONF_PRICE)
    thermometers = thermometers_of(entry)
    surroundings.configure(
        solar={
            subentry.subentry_id: EntitySolar(
                hass, solar_of(subentry.data), steady_clock, voltage=voltage
            )
            for subentry in entry.get_subentries_of_type(SUBENTRY_SOLAR)
        },
        batteries={
            subentry.subentry_id: EntityBattery(hass, battery_of(subentry.data), steady_clock)
            for subentry in entry.get_subentries_of_type(SUBENTRY_BATTERY)
        },
        vehicles={
            subentry.subentry_id: EntityVehicle(hass, vehicle_of(subentry.data), steady_clock)
            for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE)
        },
        price=price and EntityPrice(hass, price, steady_clock),
        thermometers={
            circuit: EntityThermometer(hass, entity, steady_clock)
            for circuit, entity in thermometers.items()
        },
    )


def thermometers_of(entry: ConfigEntry[Any]) -> dict[str, str]:
    """The entity that tells how warm each circuit is, by the id of the circuit, where there is one."""
    panels = entry.get_subentries_of_type(SUBENTRY_CIRCUIT)
    stored = {MAIN_CIRCUIT: entry.data, **{panel.subentry_id: panel.data for panel in panels}}
    return {
        circuit: data[CONF_TEMPERATURE]
        for circuit, data in stored.items()
        if data.get(CONF_TEMPERATURE)
    }


def with_battery(site: Site, entry: ConfigEntry[Any]) -> Site:
    """The site with what its owner wants of the battery; of several, the first one tells."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_BATTERY):
        settings = replace(
            site.settings,
            battery=BatteryUse(subentry.data[CONF_BATTERY_USE]),
            battery_reserve=subentry.data[CONF_RESERVE],
        )
        return replace(site, settings=settings)
    return site
