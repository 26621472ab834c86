"""A house with cars, as physics: what flows when a charger says so, on every conductor.

Pure: time is what `step` is told, chance comes from a seed, and the same seed repeats to the last bit.

    plant = Plant(house=House(seed=1), sun=Sun(seed=1, peak_watts=(2000, 2000, 2000)), chargers=[...])
    sample = plant.step(0.1)
    sample.fuse  # A on L1, L2, L3, import positive

`account` judges a run of samples: how long and how far a fuse was overrun, and how much of the room
that the cars could have taken they took.
"""

from ..balancing.model import PHASES, PerPhase, Phase
from .account import Account, PhaseAccount, account
from .car import Car, CarModel, CarState
from .charger import Charger, ChargerSample
from .house import Appliance, HeatPump, House
from .plant import Plant, Sample
from .response import Response
from .room import Appetite, room_left
from .sun import Sun

__all__ = [
    "PHASES",
    "Account",
    "Appetite",
    "Appliance",
    "Car",
    "CarModel",
    "CarState",
    "Charger",
    "ChargerSample",
    "HeatPump",
    "House",
    "PerPhase",
    "Phase",
    "PhaseAccount",
    "Plant",
    "Response",
    "Sample",
    "Sun",
    "account",
    "room_left",
]
