"""Any meter and any charger that Home Assistant already has, by its entities."""

from .meter import EntityMeter, MeterEntities, Quantities

__all__ = ["EntityMeter", "MeterEntities", "Quantities"]
