"""A small demo house for the surface's tests: quiet, quick, and spoken to by real protocols only."""

import asyncio
from collections.abc import Callable
from functools import partial
import time
from types import MappingProxyType
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.model import Phase
from custom_components.fusewise.simulation import Car, CarModel, Charger, House, Plant
from demo.record import Record
from demo.station import Station
from demo.world import World
from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr

L1, L2, L3 = Phase.L1, Phase.L2, Phase.L3
HOST = "127.0.0.1"
VOLTAGE = 230.0
BASE = (3.0, 2.0, 1.0)  # A that the house draws all the time
WIRING = {"garage": (L2, L3, L1), "carport": (L2,)}

MENU_SAVE = {"next_step_id": "save"}


def quiet_house(port: int, *identities: str) -> World:
    """A house whose charge points connect to a port; its cars answer sooner than real ones."""
    record = Record()
    chargers = [Charger(name, wiring=WIRING[name], maximum=16.0) for name in identities]
    a, b, c = (amperes * VOLTAGE for amperes in BASE)
    plant = Plant(
        house=House(base_watts=(a, b, c), appliances=(), heat_pump=None, restless=False),
        chargers=chargers,
        voltage=VOLTAGE,
    )
    stations = [
        Station(charger, voltage=VOLTAGE, phase_rotation="RST", record=record.note)
        for charger in chargers
    ]
    house = World(
        plant, stations, record=record, ocpp_url=f"ws://{HOST}:{port}", meter_interval=0.2
    )
    for line in house.lines.values():
        line.cut()
    return house


def let_call(house: World) -> None:
    """Let the charge points connect; before somebody listens they would fail, and wait for a second."""
    for line in house.lines.values():
        line.restore()


def car() -> Car:
    """A car that takes 16 A on three phases, and follows at once."""
    return Car(
        CarModel(name="saloon", phases=3, maximum=16.0, battery_kwh=77.0, dead_time=0.2, slope=40.0)
    )


def site_data(meter_port: int, ocpp_port: int, **changed: Any) -> dict[str, Any]:
    """What version 1.1 has stored of a site behind 3 × 25 A: its meter is not a subentry yet."""
    return {
        "rating": [25.0, 25.0, 25.0],
        "voltage": 230.0,
        "usable_share": 80.0,
        "house_allowance": [10.0, 10.0, 10.0],
        "meter": {
            "kind": "sdm630",
            "host": HOST,
            "port": meter_port,
            "unit_id": 1,
            "interval": 0.2,
        },
        "ocpp": {"host": HOST, "port": ocpp_port},
    } | changed


def charger_data(identity: str, **changed: Any) -> ConfigSubentryDataWithId:
    """What is stored of a charger of the demo house."""
    data = {
        "identity": identity,
        "vendor": "Fusewise demo",
        "model": "3-phase 16 A",
        "serial": identity,
        "wiring": " ".join(phase.name for phase in WIRING[identity]),
        "maximum": 16.0,
        "fallback": 6.0,
    }
    return ConfigSubentryDataWithId(
        data=MappingProxyType(data | changed),
        subentry_id=f"id_of_{identity}",
        subentry_type="charger",
        title=identity.capitalize(),
        unique_id=f"ocpp_{identity}",
    )


def meter_data(
    meter_port: int, circuit: str = "main", name: str = "meter", **changed: Any
) -> ConfigSubentryDataWithId:
    """What is stored of a meter of the demo house."""
    data = {
        "circuit": circuit,
        "kind": "sdm630",
        "host": HOST,
        "port": meter_port,
        "unit_id": 1,
        "interval": 0.2,
    }
    return ConfigSubentryDataWithId(
        data=MappingProxyType(data | changed),
        subentry_id=f"id_of_{name}",
        subentry_type="meter",
        title=name.capitalize(),
        unique_id=f"modbus_{HOST}_{meter_port}_{changed.get('unit_id', 1)}",
    )


def entity_meter(circuit: str = "main", **phases: Any) -> ConfigSubentryDataWithId:
    """What is stored of a meter that is made of entities."""
    return ConfigSubentryDataWithId(
        data=MappingProxyType({"circuit": circuit, "kind": "entities", **phases}),
        subentry_id="id_of_meter",
        subentry_type="meter",
        title="Meter",
        unique_id="entity_meter",
    )


def panel_data(
    name: str, *ratings: float, parent: str = "main", **changed: Any
) -> ConfigSubentryDataWithId:
    """What is stored of a sub-panel on which nothing else hangs; one rating for all phases, or three."""
    one, two, three = ratings if len(ratings) == 3 else (ratings or (16.0,)) * 3
    data = {"parent": parent, "rating": [one, two, three], "other_loads": [0.0, 0.0, 0.0]}
    return ConfigSubentryDataWithId(
        data=MappingProxyType(data | changed),
        subentry_id=f"id_of_{name}",
        subentry_type="circuit",
        title=name.capitalize(),
        unique_id=None,
    )


def stored_site(
    meter_port: int,
    ocpp_port: int,
    *parts: str | ConfigSubentryDataWithId,
    usable_share: float = 80.0,
    **changed: Any,
) -> dict[str, Any]:
    """What is stored of a site behind 3 × 25 A, with a meter, chargers by their names, and other subentries."""
    data = {
        "rating": [25.0, 25.0, 25.0],
        "supply": "three_phase",
        "voltage": 230.0,
        "house_allowance": [10.0, 10.0, 10.0],
        "ocpp": {"host": HOST, "port": ocpp_port},
    }
    subentries = [charger_data(part) if isinstance(part, str) else part for part in parts]
    if not any(part["subentry_id"] == "id_of_meter" for part in subentries):
        subentries.insert(0, meter_data(meter_port))
    return {
        "domain": "fusewise",
        "minor_version": 2,
        "data": data | changed,
        "options": {"usable_share": usable_share},
        "subentries_data": subentries,
    }


def site_entry(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    *parts: str | ConfigSubentryDataWithId,
    **changed: Any,
) -> MockConfigEntry:
    """A site that is configured, whose meter is that of the demo house."""
    stored = stored_site(house.meter.port, ocpp_port, *parts, **changed)
    entry = MockConfigEntry(entry_id="id_of_home", title="Home", **stored)
    entry.add_to_hass(hass)
    return entry


async def connected_site(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    *parts: str | ConfigSubentryDataWithId,
    **changed: Any,
) -> MockConfigEntry:
    """A site that runs, to which all charge points of the demo house have connected; no car is there."""
    entry = site_entry(hass, house, ocpp_port, *parts, **changed)
    assert await hass.config_entries.async_setup(entry.entry_id)
    let_call(house)
    for name in house.stations:
        await until(partial(hass.states.is_state, f"sensor.{name}_status", "available"))
    return entry


def only_charger(entry: ConfigEntry[Any]) -> ConfigSubentry:
    """The one charger that a site has."""
    [subentry] = entry.get_subentries_of_type("charger")
    return subentry


class Hurry:
    """A clock on which time passes several times as fast, until it rests."""

    HURRY = (
        6.0  # times: a meter read each 1.2 s is far from the 10 s after which it counts as silent
    )

    def __init__(self) -> None:
        self._rate = self.HURRY
        self._from = self._shown = time.monotonic()

    def monotonic(self) -> float:
        """s, as of `time.monotonic`."""
        return self._shown + (time.monotonic() - self._from) * self._rate

    def time(self) -> float:
        """s since 1970: nobody's hurry changes the date."""
        return time.time()

    def rest(self) -> None:
        """Let time pass as usual from now on: what takes a busy machine long takes no longer here."""
        shown = self.monotonic()
        self._from, self._shown, self._rate = time.monotonic(), shown, 1.0


async def until(condition: Callable[[], object], within: float = 20.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - of any object, that has no event
            await asyncio.sleep(0.02)


def state_of(hass: HomeAssistant, entity_id: str) -> State:
    """The state of an entity that is there."""
    state = hass.states.get(entity_id)
    assert state is not None, f"{entity_id} is not among {hass.states.async_entity_ids()}"
    return state


def device_of(hass: HomeAssistant, entry: MockConfigEntry, owner: str) -> dr.DeviceEntry:
    """The device of a site or of a charger, by the id of its entry or subentry."""
    device = dr.async_get(hass).async_get_device_by_identifier(("fusewise", owner), entry.entry_id)
    assert device is not None
    return device


async def is_served(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
