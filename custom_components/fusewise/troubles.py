"""Logs once when a charger cannot be told its setpoint, and once when it can again."""

from collections.abc import Mapping
import logging

from .views import ChargerView

__all__ = ["Troubles"]

_LOGGER = logging.getLogger(__name__)


class Troubles:
    """The chargers of one site that cannot be told."""

    def __init__(self) -> None:
        """All can."""
        self._troubled: set[str] = set()

    def tell(self, chargers: Mapping[str, ChargerView]) -> None:
        """Log what has changed."""
        for key, view in chargers.items():
            if view.problem is None and key in self._troubled:
                self._troubled.discard(key)
                _LOGGER.info("%s takes its setpoints again", view.name)
            elif view.problem is not None and not view.awaited and key not in self._troubled:
                self._troubled.add(key)
                _LOGGER.warning("%s: %s", view.name, view.problem)
