"""Whatever Home Assistant already has of a home's meters, chargers, sun, battery and vehicles, by its entities."""

from .arming import FALLBACK
from .battery import BatteryEntities, EntityBattery
from .charger import EntityCharger
from .found import FoundMeter, find_meters
from .knobs import LimitKnob
from .levels import levels_of
from .look import switch_of
from .meter import CarsDrawn, EntityMeter, MeterEntities, Quantities
from .phases import phases_of
from .presets import PRESETS, Preset, Role
from .price import EntityPrice
from .recognised import FoundCharger, find_chargers, guess_chargers
from .roles import Action, ChargerEntities, Limit, Phases, Switch, Traits
from .second_hand import SecondHand
from .solar import EntitySolar, SolarEntities
from .statuses import status_of
from .suggested import suggest_battery, suggest_solar, suggest_vehicle
from .thermometer import EntityThermometer
from .vehicle import EntityVehicle, VehicleEntities
from .visit import Stay
from .words import UNITS, words_of

__all__ = [
    "FALLBACK",
    "PRESETS",
    "UNITS",
    "Action",
    "BatteryEntities",
    "CarsDrawn",
    "ChargerEntities",
    "EntityBattery",
    "EntityCharger",
    "EntityMeter",
    "EntityPrice",
    "EntitySolar",
    "EntityThermometer",
    "EntityVehicle",
    "FoundCharger",
    "FoundMeter",
    "Limit",
    "LimitKnob",
    "MeterEntities",
    "Phases",
    "Preset",
    "Quantities",
    "Role",
    "SecondHand",
    "SolarEntities",
    "Stay",
    "Switch",
    "Traits",
    "VehicleEntities",
    "find_chargers",
    "find_meters",
    "guess_chargers",
    "levels_of",
    "phases_of",
    "status_of",
    "suggest_battery",
    "suggest_solar",
    "suggest_vehicle",
    "switch_of",
    "words_of",
]
