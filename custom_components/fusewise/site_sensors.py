"""What the sensors of a site show that belong to no circuit: what all its cars draw together."""

from homeassistant.components.sensor import SensorStateClass

from .dead_bands import PRICE
from .describing import FusewiseSensorDescription, power
from .views import SiteView

SITE_SENSORS: tuple[FusewiseSensorDescription[SiteView], ...] = (
    power("cars_power", lambda view: view.cars_power),
)


def price_sensor(currency: str) -> FusewiseSensorDescription[SiteView]:
    """What electricity costs now, where the site knows it."""
    return FusewiseSensorDescription(
        key="price",
        translation_key="price",
        native_unit_of_measurement=f"{currency}/kWh",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=3,
        value_fn=lambda view: None if view.price is None else round(view.price.price, 5),
        available_fn=lambda view: view.price is not None,
        significant=PRICE,
    )
