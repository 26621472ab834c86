"""Any meter and any charger that Home Assistant already has, by its entities."""

from .found import FoundMeter, find_meters
from .meter import EntityMeter, MeterEntities, Quantities

__all__ = ["EntityMeter", "FoundMeter", "MeterEntities", "Quantities", "find_meters"]
