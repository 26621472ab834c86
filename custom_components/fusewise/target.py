"""Says how much a car is to charge: an amount, or up to a state of charge where that can be known."""

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .coordinator import FusewiseCoordinator
from .devices.entity import EntityCharger
from .devices.events import EnergyBy
from .percent import hindrance

__all__ = ["check_counted", "check_percent", "want_energy", "want_percent"]


@callback
def want_energy(coordinator: FusewiseCoordinator, charger: str, energy_kwh: float | None) -> None:
    """Have each car charge so many kWh; None: as much as it takes. Raises where nothing counts them."""
    if energy_kwh is not None:
        check_counted(coordinator, charger)
    coordinator.wishes.change(charger, energy_kwh=energy_kwh, soc=None)
    coordinator.show_again()


@callback
def check_counted(coordinator: FusewiseCoordinator, charger: str) -> None:
    """Raise where nobody could tell that an amount is reached."""
    device = coordinator.chargers[charger]
    if isinstance(device, EntityCharger) and device.energy_by is EnergyBy.NOTHING:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="energy_not_measured",
            translation_placeholders={
                "charger": coordinator.config_entry.subentries[charger].title
            },
        )


@callback
def want_percent(coordinator: FusewiseCoordinator, charger: str, soc: float | None) -> None:
    """Have each car charge up to so many %; None: as much as it takes. Raises where nobody can know that."""
    if soc is not None:
        check_percent(coordinator, charger)
    coordinator.wishes.change(charger, soc=soc, energy_kwh=None)
    coordinator.show_again()


@callback
def check_percent(coordinator: FusewiseCoordinator, charger: str) -> None:
    """Raise where nobody can know what % is at this charger."""
    reading = coordinator.chargers[charger].reading
    hindered = hindrance(coordinator.surroundings.guests, charger, reading)
    if hindered is None:
        return
    why, vehicle = hindered
    names = coordinator.config_entry.subentries
    placeholders = {"charger": names[charger].title}
    if vehicle is not None:
        placeholders = {"vehicle": names[vehicle].title}
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=f"percent_{why}",
        translation_placeholders=placeholders,
    )
