"""The rooms of the house keep to their arrows, and the check that says so can fail."""

import pytest

from .architecture import (
    ARROWS,
    PRODUCT,
    PURE,
    ROOT,
    Module,
    described,
    modules,
    room_of,
    violations,
)

TREE = frozenset(
    {
        PRODUCT,
        f"{PRODUCT}.sensor",
        f"{PRODUCT}.controller",
        f"{PRODUCT}.balancing",
        f"{PRODUCT}.balancing.decide",
        f"{PRODUCT}.balancing.errors",
        f"{PRODUCT}.balancing.model",
        f"{PRODUCT}.devices",
        f"{PRODUCT}.devices.ocpp",
        f"{PRODUCT}.devices.ocpp.charger",
        f"{PRODUCT}.planning",
        f"{PRODUCT}.planning.slots",
        f"{PRODUCT}.simulation",
        f"{PRODUCT}.simulation.car",
        "demo",
        "demo.meter",
    }
)


def judge(name: str, source: str) -> list[str]:
    """Return the violations of a made-up module in a made-up tree."""
    name = name if name.startswith("demo") else f"{PRODUCT}.{name}"
    is_package = any(other.startswith(f"{name}.") for other in TREE)
    return violations(Module(name=name, source=source, is_package=is_package, tree=TREE))


def test_the_whole_house_keeps_to_its_arrows() -> None:
    wrong = [violation for module in modules() for violation in violations(module)]
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_check_looks_at_every_room() -> None:
    # Planning is built when there is something to plan.
    assert {module.room for module in modules()} >= ARROWS.keys() - {"planning"}


def test_each_file_stands_in_a_table_for_those_who_carry_on() -> None:
    house = ROOT / PRODUCT.replace(".", "/")
    files = {path.relative_to(house).as_posix() for path in house.rglob("*.py")}
    folders = {path.relative_to(house).as_posix() for path in house.rglob("*/")}
    told = set(described((ROOT / "docs" / "architecture.md").read_text(), folders))
    gone = told - files
    # What a folder is for stands in its heading.
    missing = {file for file in files - told if not file.endswith("__init__.py")}
    assert (gone, missing) == (set(), set())


def test_a_file_counts_as_described_only_below_the_heading_of_its_folder() -> None:
    page = """
## devices/ocpp, by subject
`charger.py` comes in, and a table says what the rest is.
| `rpc.py`, `v16/commands.py` | calls, as `wire.py` writes them |
## The loop
| `line.py` | who is told |
"""
    told = list(described(page, {"devices", "devices/ocpp"}))
    assert told == ["devices/ocpp/rpc.py", "devices/ocpp/v16/commands.py", "line.py"]


@pytest.mark.parametrize(
    ("name", "room"),
    [
        (PRODUCT, "surface"),
        (f"{PRODUCT}.sensor", "surface"),
        (f"{PRODUCT}.demo", "surface"),
        (f"{PRODUCT}.controller", "controller"),
        (f"{PRODUCT}.devices.ocpp.charger", "devices"),
        (f"{PRODUCT}.balancing", "balancing"),
        ("demo.meter", "demo"),
        ("demonstration", None),
        (f"{PRODUCT}_other", None),
        ("homeassistant.core", None),
    ],
)
def test_a_module_belongs_to_the_room_that_it_stands_in(name: str, room: str | None) -> None:
    assert room_of(name) == room


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("sensor", "from .controller import Controller"),
        ("sensor", "from homeassistant.core import HomeAssistant"),
        ("sensor", "from . import sensor, devices"),
        ("controller", "from .balancing.decide import decide"),
        ("controller", "from .planning import slots\nimport asyncio, time"),
        ("devices.ocpp.charger", "from ...balancing.model import Phase\nimport aiohttp"),
        ("devices.ocpp.charger", "from ..ocpp import charger\nfrom . import charger"),
        ("planning.slots", "from ..balancing import model, errors"),
        ("planning.slots", "import custom_components.fusewise.balancing.model as words"),
        ("balancing.decide", "from datetime import datetime\nat = datetime(2026, 1, 1)"),
        ("balancing.decide", "def age(snapshot): return snapshot.now - snapshot.datetime.now"),
        ("simulation.car", "import random\nseeded = random.Random(1)\nseeded.random()"),
        ("simulation.car", "from random import Random\nRandom(1).gauss(0, 1)"),
        ("demo.meter", "from custom_components.fusewise.simulation import car\nimport pymodbus"),
        ("demo.meter", "from custom_components.fusewise.simulation.car import Car"),
    ],
)
def test_an_import_along_the_arrows_is_allowed(name: str, source: str) -> None:
    assert judge(name, source) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("controller", "from .sensor import X"),
        ("controller", "from . import DOMAIN"),
        ("controller", "from .simulation.car import Car"),
        ("sensor", "from .simulation.car import Car"),
        ("sensor", "from demo.meter import Meter"),
        ("devices", "from ..controller import Controller"),
        ("devices", "from .. import controller"),
        ("devices", "from ..planning.slots import Slot"),
        ("devices.ocpp.charger", "from ... import DOMAIN"),
        ("devices.ocpp.charger", "from ...balancing.decide import decide"),
        ("devices.ocpp.charger", "from ...balancing import decide"),
        ("devices.ocpp.charger", "from ...balancing import Site"),
        ("planning.slots", "from ..devices.ocpp import charger"),
        ("planning.slots", "import custom_components.fusewise.balancing"),
        ("planning.slots", "import custom_components.fusewise.balancing.decide as d"),
        ("planning.slots", "from custom_components import fusewise"),
        ("simulation.car", "from ..planning.slots import Slot"),
        ("balancing.model", "from ..devices import Charger"),
        ("balancing.model", "from ..simulation.car import *"),
        ("demo.meter", "from custom_components.fusewise.balancing.model import Phase"),
        ("demo.meter", "import custom_components.fusewise"),
        ("demo.meter", "from custom_components.fusewise import controller"),
        ("demo.meter", "from homeassistant.core import HomeAssistant"),
    ],
)
def test_an_import_against_the_arrows_is_found(name: str, source: str) -> None:
    assert len(judge(name, source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def late():\n    from ..controller import Controller",
        "if TYPE_CHECKING:\n    from ..controller import Controller",
        "try:\n    from ..controller import Controller\nexcept ImportError:\n    pass",
        "class A:\n    from ..controller import Controller",
        "import custom_components.fusewise.controller",
        "import math, custom_components.fusewise.controller as c",
        "import_module('custom_components.fusewise.controller')",
        "importlib.import_module('..controller', __package__)",
        "loader.import_module('..controller', __package__)",
        "__import__('custom_components.fusewise.controller')",
    ],
)
def test_a_wrong_import_is_found_wherever_and_however_it_stands(source: str) -> None:
    [violation] = judge("devices", source)
    assert violation.endswith(f"devices may not import {PRODUCT}.controller")


def test_an_import_that_cannot_be_read_is_found() -> None:
    assert "not written out" in judge("devices", "import_module(name)")[0]


@pytest.mark.parametrize("room", PURE)
@pytest.mark.parametrize(
    "source",
    [
        "import homeassistant",
        "from homeassistant.util import dt",
        "import voluptuous as vol",
        "import ocpp.v16",
        "import pymodbus",
        "from modbus_connection.model import gauge",
        "import tmodbus",
        "import aiohttp",
        "from websockets import connect",
        "import time",
        "from time import monotonic",
        "import asyncio",
        "import socket",
        "import threading",
        "import os",
        "import io",
        "import logging",
        "import importlib",
        "from pathlib import Path",
        "def f():\n    import time",
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "from datetime import datetime\ndatetime.utcnow()",
        "from datetime import datetime as D\nclock = D.now",
        "from datetime import date\ndate.today()",
        "open('readings.csv')",
        "print(1)",
        "reader = open",
        "eval('1')",
        "import random\nrandom.random()",
        "import random as r\nr.seed(1)",
        "from random import gauss\ngauss(0, 1)",
        "import random\nrandom.SystemRandom()",
    ],
)
def test_a_pure_room_has_no_home_assistant_protocol_clock_or_disk(room: str, source: str) -> None:
    assert judge(f"{room}.made_up", source)


def test_a_violation_names_the_module_the_line_and_the_culprit() -> None:
    assert judge("balancing.decide", "import math\nimport time") == [
        f"{PRODUCT}.balancing.decide:2: balancing is pure and may not import time"
    ]
