"""Any meter and any charger that Home Assistant already has, by its entities."""

from .charger import EntityCharger
from .found import FoundMeter, find_meters
from .knobs import LimitKnob, levels_of
from .meter import EntityMeter, MeterEntities, Quantities
from .presets import PRESETS, Preset, Role
from .recognised import FoundCharger, find_chargers
from .roles import Action, ChargerEntities, Limit, Switch, Traits
from .second_hand import SecondHand

__all__ = [
    "PRESETS",
    "Action",
    "ChargerEntities",
    "EntityCharger",
    "EntityMeter",
    "FoundCharger",
    "FoundMeter",
    "Limit",
    "LimitKnob",
    "MeterEntities",
    "Preset",
    "Quantities",
    "Role",
    "SecondHand",
    "Switch",
    "Traits",
    "find_chargers",
    "find_meters",
    "levels_of",
]
