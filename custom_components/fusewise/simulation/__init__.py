"""A house with cars, as physics: what flows when a charger says so, on every conductor.

Pure: time is what `step` is told, chance comes from a seed, and the same seed repeats to the last bit.

    plant = Plant(house=House(seed=1), sun=Sun(seed=1, peak_watts=(2000, 2000, 2000)), chargers=[...])
    sample = plant.step(0.1)
    sample.fuse  # A on L1, L2, L3, import positive

`account` judges a run of samples: how long and how far a fuse was overrun, and how much of the room
that the cars could have taken they took.

`SimulatedSite` closes the loop: chargers that are told by the very `decide` that runs at home, meters and lines
that fail (see `site`). `MATRIX` is what can fail, and `run` lets it happen.
"""

from ..balancing.model import PHASES, PerPhase, Phase
from .account import Account, PhaseAccount, account
from .car import Car, CarModel, CarState
from .charger import Charger, ChargerSample
from .faults import Fault, Outcome, run, worst
from .fuse import BEARS, Fuse
from .house import Appliance, HeatPump, House
from .line import LIFE, Line
from .matrix import MATRIX
from .meter import Meter, MeterModel
from .plant import Plant, Sample
from .response import Response
from .room import Appetite, room_left
from .site import Decide, Dial, Moment, Outlive, SimulatedSite, Source
from .station import Station, StationModel
from .sun import Sun

__all__ = [
    "BEARS",
    "LIFE",
    "MATRIX",
    "PHASES",
    "Account",
    "Appetite",
    "Appliance",
    "Car",
    "CarModel",
    "CarState",
    "Charger",
    "ChargerSample",
    "Decide",
    "Dial",
    "Fault",
    "Fuse",
    "HeatPump",
    "House",
    "Line",
    "Meter",
    "MeterModel",
    "Moment",
    "Outcome",
    "Outlive",
    "PerPhase",
    "Phase",
    "PhaseAccount",
    "Plant",
    "Response",
    "Sample",
    "SimulatedSite",
    "Source",
    "Station",
    "StationModel",
    "Sun",
    "account",
    "room_left",
    "run",
    "worst",
]
