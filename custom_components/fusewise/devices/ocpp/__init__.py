"""Chargers that connect to Home Assistant by themselves, with the Open Charge Point Protocol (1.6J)."""

from .central_system import CentralSystem, ListenError
from .charger import OcppCharger
from .settings import ChargerSettings
from .station import StationInfo

__all__ = ["CentralSystem", "ChargerSettings", "ListenError", "OcppCharger", "StationInfo"]
