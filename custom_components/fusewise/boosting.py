"""Charges a car before the others, as long as the week's boosts last."""

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .coordinator import FusewiseCoordinator
from .wanted import Boost


@callback
def boost(
    coordinator: FusewiseCoordinator,
    charger: str,
    until: float | None = None,
    energy_kwh: float | None = None,
) -> None:
    """Boost until the car leaves, until a time, or until so much is charged. Raises where no boost is left."""
    check_boosts(coordinator, charger)
    coordinator.wishes.change(charger, boost=Boost(until=until, energy_kwh=energy_kwh))
    coordinator.show_again()


@callback
def check_boosts(coordinator: FusewiseCoordinator, charger: str) -> None:
    """Raise where a boost would be one too many; one that runs may be changed."""
    view = coordinator.data.chargers.get(charger) if coordinator.last_update_success else None
    if view is not None and view.boosts_left == 0 and view.wanted.boost is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="boost_spent",
            translation_placeholders={
                "charger": view.name,
                "number": str(coordinator.controller.site.settings.boosts_per_week),
            },
        )
