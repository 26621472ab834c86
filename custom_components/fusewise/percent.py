"""A target in % of a car's battery: what is still missing up to it, or why nobody can say that."""

from dataclasses import replace
from enum import StrEnum

from .balancing.model import ChargerReading
from .devices.home import VehicleReading
from .guests import Guest, Guests

__all__ = ["NoPercent", "hindrance", "missing", "unknown"]

SURELY = 3.0  # %: less than that below a target that was reached is a car's own heating, not another need


class NoPercent(StrEnum):
    """Why a target in % means nothing."""

    NO_VEHICLE = "no_vehicle"
    """The site has no vehicle."""
    UNKNOWN_VEHICLE = "unknown_vehicle"
    """Nobody knows which one is at the charger."""
    NO_STATE_OF_CHARGE = "no_state_of_charge"
    NO_CAPACITY = "no_capacity"


def unknown(reading: VehicleReading, guest: Guest | None = None) -> NoPercent | None:
    """What is not known of a vehicle; None: all that a target in % needs is."""
    if (reading.soc if guest is None else guest.soc) is None:
        return NoPercent.NO_STATE_OF_CHARGE
    return None if reading.capacity_kwh else NoPercent.NO_CAPACITY


def hindrance(
    guests: Guests, charger: str, reading: ChargerReading
) -> tuple[NoPercent, str | None] | None:
    """Why a target in % means nothing at a charger, and the id of the vehicle that it is about; None: it does.

    While no car is there, some vehicle of the home has to be one whose state of charge is known.
    """
    vehicles = {key: vehicle.reading for key, vehicle in guests.vehicles.items()}
    if not vehicles:
        return NoPercent.NO_VEHICLE, None
    guest = guests.at.get(charger)
    if guest is not None:
        why = unknown(vehicles[guest.vehicle], guest)
        return None if why is None else (why, guest.vehicle)
    if reading.session is not None:
        return NoPercent.UNKNOWN_VEHICLE, None
    reasons = {key: unknown(vehicle) for key, vehicle in vehicles.items()}
    if None in reasons.values():
        return None
    return next((why, key) for key, why in reasons.items() if why is not None)


def missing(guests: Guests, charger: str, soc: float, *, is_done: bool) -> float | None:
    """kWh that the charger still has to give up to that state of charge; None where nobody knows.

    `is_done`: the target was reached before.
    """
    if (guest := guests.at.get(charger)) is None:
        return None
    vehicle = replace(guests.vehicles[guest.vehicle].reading, target=soc)
    needed, reached = guest.needed_kwh(vehicle), guest.soc_now(vehicle)
    if is_done and reached is not None and reached > soc - SURELY:
        return None if needed is None else 0.0
    return needed
