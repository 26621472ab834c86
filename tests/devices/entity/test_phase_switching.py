"""A charger made of entities charges on one phase or on all: told by a select, a switch, a number or an action."""

from collections.abc import Callable
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode
from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import (
    Charger as SiteCharger,
    Circuit,
    MeterReading,
    Mode,
    Phase,
    Site,
    Snapshot,
)
from custom_components.fusewise.devices import DeviceRefusedError, SwitchesPhases
from custom_components.fusewise.devices.entity import (
    Action,
    EntityCharger,
    Limit,
    Phases,
    Switch,
    Traits,
    phases_of,
)
from custom_components.fusewise.wish import Wish, with_wish
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError

from .things import Thing

SELECT = Phases(entity="select.psm", one="1", all="2")


@pytest.fixture(autouse=True)
def psm(thing: Thing) -> None:
    """Its number of phases is a select."""
    thing.show("select.psm", "2", options=["0", "1", "2"])


type Open = Callable[..., EntityCharger]


@pytest.fixture
def charging(opened: Open) -> Open:
    """Such a charger, with a limit, a switch and a status."""

    def open_(phases: Phases = SELECT, **roles: Any) -> EntityCharger:
        usual = {
            "limit": Limit(entity="number.limit"),
            "switch": Switch(entity="switch.charging"),
            "status": "sensor.status",
            "traits": Traits(obeys_within=5.0),
        }
        return opened(phases=phases, **usual | roles)

    return open_


async def test_it_is_switched_while_it_is_paused_and_says_so(charging: Open, thing: Thing) -> None:
    charger = charging()
    assert isinstance(charger, SwitchesPhases)
    assert charger.reading.phases == 3
    charger.ask_for_phases(1)
    await charger.apply(0.0)
    assert thing.told() == [("switch.charging", "turn_off"), ("select.psm", "1")]
    assert charger.reading.phases == 1
    await charger.apply(0.0)
    await charger.apply(10.0)
    assert ("select.psm", "1") not in thing.told()
    charger.ask_for_phases(3)
    await charger.apply(0.0)
    assert ("select.psm", "2") in thing.told()
    assert charger.reading.phases == 3


async def test_it_is_not_switched_while_a_car_may_draw(charging: Open, thing: Thing) -> None:
    charger = charging()
    charger.ask_for_phases(1)
    await charger.apply(10.0)
    assert thing.told() == [("number.limit", 10)]
    await charger.apply(0.0)
    assert ("select.psm", "1") in thing.told()


async def test_one_that_chooses_by_itself_is_told_at_once(charging: Open, thing: Thing) -> None:
    thing.show("select.psm", "0")
    charger = charging()
    assert charger.reading.phases is None
    charger.ask_for_phases(3)
    await charger.apply(10.0)
    assert ("select.psm", "2") in thing.told()


@pytest.mark.parametrize(
    ("entity", "phases", "shown", "one", "three"),
    [
        (
            "switch.force",
            Phases(entity="switch.force", one="on", all="off"),
            "off",
            "turn_on",
            "off",
        ),
        ("number.count", Phases(entity="number.count", one="1", all="3"), "3.0", 1.0, "3.0"),
        ("select.lp", Phases(entity="select.lp", one="1", all="3"), "3", "1", "3"),
    ],
)
async def test_switches_numbers_and_selects_do(
    charging: Open, thing: Thing, entity: str, phases: Phases, shown: str, one: object, three: str
) -> None:
    thing.show(entity, shown, options=["0", "1", "3"])
    charger = charging(phases)
    assert charger.reading.phases == 3
    charger.ask_for_phases(1)
    await charger.apply(0.0)
    assert (entity, one) in thing.told()
    assert charger.reading.phases == 1
    charger.ask_for_phases(3)
    await charger.apply(0.0)
    state = thing.hass.states.get(entity)
    assert state is not None
    assert state.state == three


async def test_an_action_tells_it_in_its_own_words_and_a_sensor_shows_it_in_others(
    charging: Open, thing: Thing
) -> None:
    thing.show("sensor.phase_mode", "three")
    action = Action(
        name="easee.set_charger_phase_mode",
        data={"device_id": "abc", "current": "{phases}"},
    )
    charger = charging(
        Phases(
            one="1_phase",
            all="3_phase",
            action=action,
            shown_by="sensor.phase_mode",
            one_shown="single",
            all_shown="three",
        )
    )
    assert charger.reading.phases == 3
    charger.ask_for_phases(1)
    await charger.apply(0.0)
    assert ("easee", "1_phase") in thing.told()
    assert charger.reading.phases == 3  # until its cloud has told
    thing.show("sensor.phase_mode", "single")
    assert charger.reading.phases == 1


async def test_whoever_else_switches_it_is_followed(charging: Open, thing: Thing) -> None:
    charger = charging()
    charger.ask_for_phases(3)
    await charger.apply(10.0)
    thing.now += 60
    thing.show("select.psm", "1", context=Context(user_id="anna"))
    await thing.hass.async_block_till_done()
    assert charger.reading.phases == 1
    thing.told()
    charger.ask_for_phases(1)
    await charger.apply(10.0)
    assert thing.told() == []


async def test_a_switch_that_fails_is_told_and_holds_up_nothing_else(
    charging: Open, thing: Thing
) -> None:
    charger = charging()
    charger.ask_for_phases(1)
    await charger.apply(10.0)
    thing.told()
    await charger.apply(0.0)
    thing.show("select.psm", "2")
    thing.told()
    charger.ask_for_phases(3)
    charger.ask_for_phases(1)
    thing.error = HomeAssistantError("not now")
    thing.now += 60
    with pytest.raises(DeviceRefusedError, match="not now"):
        await charger.apply(0.0)
    thing.error = None
    await charger.apply(8.0)
    assert ("number.limit", 8) in thing.told()


async def test_one_whose_phases_are_not_available_is_balanced_all_the_same(
    charging: Open, thing: Thing
) -> None:
    thing.show("select.psm", "unavailable")
    charger = charging()
    charger.ask_for_phases(1)
    assert charger.reading.online
    assert charger.reading.phases is None
    await charger.apply(0.0)
    assert thing.told() == [("switch.charging", "turn_off")]


async def test_a_limit_in_watts_is_for_one_phase_once_it_is_asked_for_one(
    charging: Open, thing: Thing
) -> None:
    thing.show("number.limit", 4140, min=1380, max=11040, step=230, unit_of_measurement="W")
    charger = charging(limit=Limit(entity="number.limit", phases=3))
    charger.ask_for_phases(3)
    await charger.apply(10.0)
    assert ("number.limit", 6900) in thing.told()
    charger.ask_for_phases(1)
    await charger.apply(0.0)
    await charger.apply(10.0)
    assert ("number.limit", 2300) in thing.told()


@pytest.mark.parametrize(
    ("options", "one", "every"),
    [
        (["0", "1", "3"], "1", "3"),
        (["auto", "single_phase", "three_phase"], "single_phase", "three_phase"),
        (["1-phase", "3-phase"], "1-phase", "3-phase"),
        (["1 Phase", "3 Phasen", "Automatisch"], "1 Phase", "3 Phasen"),
        (["low", "high"], None, None),
        (["1", "1 (fast)", "3"], None, None),
        ([], None, None),
    ],
)
def test_what_stands_for_one_and_for_three_is_read_from_the_options(
    thing: Thing, options: list[str], one: str | None, every: str | None
) -> None:
    thing.show("select.lp", "?", options=options)
    found = phases_of(thing.hass, "select.lp")
    assert (found and found.one, found and found.all) == (one, every)


# --- in closed loop ----------------------------------------------------------------------------------

SITE = Site(
    circuits=(Circuit(id="main", rating=(25.0, 25.0, 25.0), meter="grid", usable_share=1.0),),
    chargers=(
        SiteCharger(
            id="garage",
            circuit="main",
            wiring=(Phase.L1, Phase.L2, Phase.L3),
            step=1.0,
            switches_phases=True,
        ),
    ),
)
CURRENTS = tuple(f"sensor.l{n}" for n in (1, 2, 3))


class Home:
    """A three-phase car at the charger, under the sun; `keeps`: the charger does not do what its select shows."""

    def __init__(self, thing: Thing, charger: EntityCharger, *, keeps: bool = False) -> None:
        self.thing, self.charger, self.keeps = thing, charger, keeps
        self.sun = 3.0
        self.memory = Memory()
        self.decision: Decision | None = None
        self.phases = 3

    def drawn(self) -> list[float]:
        """A on each conductor, as its entities have been told."""
        shown = {name: self.thing.hass.states.get(name) for name in ENTITIES}
        assert all(shown.values())
        limit, switch, psm = (state.state if state else "" for state in shown.values())
        amperes = float(limit) if switch == "on" else 0.0
        if not self.keeps and (phases := {"1": 1, "2": 3}[psm]) != self.phases:
            assert amperes == 0.0, "contactors are not moved under load"
            self.phases = phases
        return [amperes if n < self.phases else 0.0 for n in range(3)]

    async def live(self, seconds: int) -> None:
        """Show, decide and tell, every five seconds."""
        for _ in range(seconds // 5):
            self.thing.now += 5.0
            drawn = self.drawn()
            for entity, amperes in zip(CURRENTS, drawn, strict=True):
                self.thing.show(entity, amperes, unit_of_measurement="A", device_class="current")
            await self.thing.hass.async_block_till_done()
            one, two, three = (amperes - self.sun for amperes in drawn)
            meter = MeterReading(current=(one, two, three), measured_at=self.thing.now)
            self.decision = decide(
                SITE,
                Snapshot(
                    now=self.thing.now,
                    meters={"grid": meter},
                    chargers={"garage": with_wish(self.charger.reading, Wish(mode=Mode.SUN))},
                ),
                self.memory,
            )
            self.memory = self.decision.memory
            [told] = self.decision.setpoints
            assert told.phases is not None
            self.charger.ask_for_phases(told.phases)
            await self.charger.apply(told.current)


ENTITIES = ("number.limit", "switch.charging", "select.psm")


@pytest.fixture
def home(charging: Open, thing: Thing) -> Callable[..., Home]:
    """Such a charger with a car."""

    def begin(**how: Any) -> Home:
        for entity in CURRENTS:
            thing.show(entity, 0.0, unit_of_measurement="A", device_class="current")
        thing.show("switch.charging", "off")
        thing.show("sensor.status", "preparing")
        return Home(thing, charging(currents=CURRENTS), **how)

    return begin


async def test_a_car_charges_on_one_phase_by_the_sun_and_on_three_when_it_shines(
    home: Callable[..., Home],
) -> None:
    house = home()
    await house.live(250)
    assert house.phases == 1
    assert house.drawn() == [9.0, 0.0, 0.0]
    house.sun = 9.0
    await house.live(900)
    assert house.phases == 3
    assert house.drawn() == [9.0, 9.0, 9.0]


async def test_one_whose_select_shows_one_phase_while_it_uses_all_is_noticed(
    home: Callable[..., Home],
) -> None:
    house = home(keeps=True)
    await house.live(300)
    assert house.decision is not None
    assert NoticeCode.PHASES_DISOBEYED in [notice.code for notice in house.decision.notices]
    assert house.decision.setpoints[0].phases == 3
    await house.live(300)
    assert house.decision.setpoints[0].phases == 3
