"""Recognises chargers of integrations that are not known here, by what their entities are called and measure.

What is found so is a suggestion: the dialog shows each entity with its role before anything is saved.
"""

from collections.abc import Container, Sequence

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .look import Look, energy_of, joined
from .outlets import outlets_of
from .presets.preset import Preset
from .roles import ChargerEntities, Limit, Traits
from .vocabulary import CHARGER, CHARGES, IS_CHARGER, NOT_FOR_CARS, STORES
from .words import words_of

__all__ = ["guess_outlets"]

CLOUD = Traits(obeys_within=60.0, minimum_interval=30.0)
LOCAL = Traits(obeys_within=15.0)


def guess_outlets(
    hass: HomeAssistant,
    device: dr.DeviceEntry,
    entries: Sequence[er.RegistryEntry],
    clouds: Container[str],
) -> list[tuple[str, Preset, ChargerEntities]]:
    """What a device would be as a charger, or as several: each with what it is told by among them.

    `clouds` are integrations that ask one.
    """
    controls = list(Look(hass, entries, joined(device.name or "")).controls())
    several = outlets_of(entries, controls)
    for parts in (several, [("", entries)]):
        guesses = [(outlet, _guess(hass, device, own, clouds)) for outlet, own in parts]
        found = [(outlet, *guess) for outlet, guess in guesses if guess is not None]
        if found:
            return found
    return []


def _guess(
    hass: HomeAssistant,
    device: dr.DeviceEntry,
    entries: Sequence[er.RegistryEntry],
    clouds: Container[str],
) -> tuple[Preset, ChargerEntities] | None:
    """What it would be as one charger; None where it is none."""
    platform = entries[0].platform
    called = joined(" ".join(filter(None, (device.name, device.model, device.manufacturer))))
    look = Look(hass, entries, joined(device.name or ""))
    limit, status = look.limit(), look.status()
    switch = look.switch(has_limit=limit is not None)
    said = " ".join([platform, called, *map(words_of, entries)])
    currents, power = look.currents(), look.power()
    acts = limit or (switch and power and CHARGES.search(said) and not NOT_FOR_CARS.search(said))
    # What stores may be a battery, but not where it drives.
    is_store = STORES.search(said) and look.presence() is None
    if not CHARGER.search(said) and not (acts and status and not is_store):
        return None
    if limit is None and switch is None:
        # It can be told nothing; but its owner looks for it, and ought to be told that.
        is_for_cars = IS_CHARGER.search(called) and not NOT_FOR_CARS.search(called)
        if not (is_for_cars and status and (currents or power)):
            return None
    elif limit is None and not (status or currents or power):
        return None  # a switch alone may switch anything
    traits = CLOUD if platform in clouds else LOCAL
    return Preset(integration=platform, source="", traits=traits), ChargerEntities(
        limit=None if limit is None else Limit(entity=limit),
        switch=switch,
        phases=look.phases(),
        status=status,
        currents=currents,
        power=power,
        energy=energy_of(entries),
        presence=look.presence(),
        traits=traits,
    )
