"""Any meter and any charger that Home Assistant already has, by its entities."""

from .charger import EntityCharger
from .found import FoundMeter, find_meters
from .meter import EntityMeter, MeterEntities, Quantities
from .roles import Action, ChargerEntities, Limit, Switch, Traits
from .second_hand import SecondHand

__all__ = [
    "Action",
    "ChargerEntities",
    "EntityCharger",
    "EntityMeter",
    "FoundMeter",
    "Limit",
    "MeterEntities",
    "Quantities",
    "SecondHand",
    "Switch",
    "Traits",
    "find_meters",
]
