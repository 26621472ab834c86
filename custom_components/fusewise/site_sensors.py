"""What the sensors of a site show that belong to no circuit: what all its cars draw together."""

from .describing import FusewiseSensorDescription, power
from .views import SiteView

SITE_SENSORS: tuple[FusewiseSensorDescription[SiteView], ...] = (
    power("cars_power", lambda view: view.cars_power),
)
