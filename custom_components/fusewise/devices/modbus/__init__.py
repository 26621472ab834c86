"""Meters that are read over Modbus, on the connection that Home Assistant shares between integrations."""

from .meter import ModbusMeter
from .meters import METERS, MeterDescription

__all__ = ["METERS", "MeterDescription", "ModbusMeter"]
