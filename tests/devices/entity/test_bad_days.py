"""Whatever other integrations' entities do, no fuse carries more than it may, and the other cars go on."""

from collections.abc import AsyncGenerator, Callable

import pytest

from custom_components.fusewise.devices.entity import Limit, meter as meter_module, turning
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .small_home import AMPERES, METER, RATING, Box, SmallHome

REACTS = 20  # s: what a charger may take to obey, and until it is sure that it does not


@pytest.fixture
async def home(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[SmallHome]:
    hass.loop.set_debug(False)  # minutes of a home's life are many turns of the loop
    monkeypatch.setattr(meter_module, "TOGETHER", 0.0)
    monkeypatch.setattr(turning, "ANSWER_TIME", 0.02)
    home = SmallHome(hass)
    yield home
    await home.close()


async def settled(home: SmallHome) -> None:
    """Two cars share what the house leaves."""
    await home.run(60)
    assert sum(box.drawn for box in home.boxes.values()) >= 29.0
    assert home.longest_over == 0


def entity_shows(box: Box, entity: str, state: str | None, **attributes: object) -> None:
    """From now on an entity shows this; None: it is gone."""

    def show() -> None:
        if state is None:
            box.hass.states.async_remove(entity)
        else:
            box.hass.states.async_set(entity, state, attributes)

    box.broken[entity] = show


LIMIT, SWITCH, STATUS = "number.garage", "switch.garage", "sensor.garage_status"
CURRENT = "sensor.garage_current"

type Break = Callable[[Box], None]


def shows(entity: str, state: str | None, **attributes: object) -> Break:
    return lambda box: entity_shows(box, entity, state, **attributes)


def has(**flags: object) -> Break:
    def set_(box: Box) -> None:
        for name, value in flags.items():
            setattr(box, name, value)

    return set_


def all_shown(state: str | None) -> Break:
    def show(box: Box) -> None:
        for entity in box.entities:
            entity_shows(box, entity, state)

    return show


CHARGERS_BREAK: dict[str, Break] = {
    "its limit vanishes": shows(LIMIT, None),
    "its limit is unavailable": shows(LIMIT, "unavailable"),
    "its limit is unknown": shows(LIMIT, "unknown", min=6, max=16, step=1, **AMPERES),
    "its limit is a text": shows(LIMIT, "eight", min=6, max=16, step=1, **AMPERES),
    "its limit is not a number": shows(LIMIT, "nan", min=6, max=16, step=1, **AMPERES),
    "its limit is in percent now": shows(LIMIT, "50", min=0, max=100, unit_of_measurement="%"),
    "its limit jumps": shows(LIMIT, "1e6", min=6, max=16, step=1, **AMPERES),
    "its limit has turned round": shows(LIMIT, "8", min=16, max=6, step=-1, **AMPERES),
    "its limit has bounds that are texts": shows(LIMIT, "8", min="six", max=None, step="?"),
    "its limit stands still": shows(LIMIT, "8", min=6, max=16, step=1, **AMPERES),
    "its switch vanishes": shows(SWITCH, None),
    "its switch is unknown": shows(SWITCH, "unknown"),
    "its switch is a text": shows(SWITCH, "perhaps"),
    "its status vanishes": shows(STATUS, None),
    "its status is a word that nobody knows": shows(STATUS, "Bereit"),
    "its status says that no car is there": shows(STATUS, "disconnected"),
    "its current vanishes": shows(CURRENT, None),
    "its current is a text": shows(CURRENT, "much", **AMPERES),
    "its current is in volts": shows(CURRENT, "230", unit_of_measurement="V"),
    "its current jumps": shows(CURRENT, "1e9", **AMPERES),
    "its current is negative": shows(CURRENT, "-8", **AMPERES),
    "its current stands still": shows(CURRENT, "8", **AMPERES),
    "its current is always nothing": shows(CURRENT, "0", **AMPERES),
    "all of it is unavailable": all_shown("unavailable"),
    "all of it vanishes": all_shown(None),
    "all of it stands still": has(frozen=True),
    "its action raises": has(error=HomeAssistantError("no route to host")),
    "its action raises what nobody expects": has(error=KeyError("amps")),
    "its action hangs": has(hangs=True),
    "its action succeeds without effect": has(deaf=True),
}

UNSEEN = {"all of it is unavailable", "all of it vanishes"}


@pytest.mark.parametrize("broken", CHARGERS_BREAK)
async def test_a_charger_that_breaks_takes_nobody_along(home: SmallHome, broken: str) -> None:
    await settled(home)
    CHARGERS_BREAK[broken](home.boxes["garage"])
    await home.run(60)
    assert home.longest_over == 0
    # Something is switched on: whoever can still be told leaves room for it.
    home.base = 19.0
    await home.run(60)
    assert home.longest_over <= REACTS
    assert home.load <= RATING
    home.base = 3.0
    await home.run(90)
    assert home.longest_over <= REACTS
    # There is room for the floor of the other one whatever the broken one does; who is not seen at all may
    # draw what the meter shows, and its maximum on top of it.
    assert home.boxes["carport"].drawn >= 6.0 or broken in UNSEEN
    # It is mended, and all is as it was.
    home.boxes["garage"].mend()
    await home.run(120)
    assert home.longest_over <= REACTS
    # Where its limit has seemed to be somebody else's doing, that is kept until the car leaves.
    held = home.chargers["garage"].second_hand
    assert sum(it.drawn for it in home.boxes.values()) >= (29.0 if held is None else 22.0)


@pytest.mark.parametrize("unit", [("W", 1 / 230), ("kW", 1000 / 230), ("mA", 0.001)])
async def test_a_limit_that_is_in_another_unit_now_is_told_in_that(
    home: SmallHome, unit: tuple[str, float]
) -> None:
    await settled(home)
    box = home.boxes["garage"]
    name, box.unit = unit

    def show() -> None:
        attributes = {"min": 6 / box.unit, "max": 16 / box.unit, "step": 1 / box.unit}
        state = f"{box.limit / box.unit:.3f}"
        home.hass.states.async_set(LIMIT, state, {"unit_of_measurement": name, **attributes})

    box.broken[LIMIT] = show
    home.base = 19.0
    await home.run(60)
    assert home.longest_over <= 1
    assert box.drawn == pytest.approx(7, abs=1)
    home.base = 3.0
    await home.run(60)
    assert box.drawn == pytest.approx(15, abs=1)


async def test_a_limit_that_has_lost_its_unit_is_told_nothing(home: SmallHome) -> None:
    """7 kW is not 7 A."""
    box = home.boxes["garage"]
    box.unit = 1000 / 230
    bounds = {"min": 1.4, "max": 11.0, "step": 0.1}
    unit: dict[str, object] = {"unit_of_measurement": "kW"}

    def show() -> None:
        home.hass.states.async_set(LIMIT, f"{box.limit / box.unit:.3f}", bounds | unit)

    box.broken[LIMIT] = show
    await home.run(60)
    assert 13.0 <= box.limit <= 16.0
    unit.clear()
    home.base = 19.0
    await home.run(60)
    assert home.longest_over <= REACTS
    assert box.limit <= 16.0
    assert not box.on
    assert "no unit any more" in str(home.controller.problem("garage"))


def meter_shows(home: SmallHome, state: str | None, **attributes: object) -> None:
    def show() -> None:
        if state is None:
            home.hass.states.async_remove(METER)
        else:
            home.hass.states.async_set(METER, state, attributes)

    home.meter_broken = show


@pytest.mark.parametrize(
    ("state", "unit"),
    [
        (None, None),
        ("unavailable", "A"),
        ("unknown", "A"),
        ("a lot", "A"),
        ("nan", "A"),
        ("inf", "A"),
        ("25", "°C"),
        ("1e7", "A"),
        ("-1e7", "A"),
    ],
)
async def test_a_meter_that_breaks_lets_no_fuse_blow(
    home: SmallHome, state: str | None, unit: str | None
) -> None:
    await settled(home)
    meter_shows(home, state, unit_of_measurement=unit)
    await home.run(40)
    # What the house may draw unseen is what its owner has said.
    home.base = 10.0
    await home.run(40)
    assert home.longest_over <= REACTS
    assert home.load <= RATING
    # Each car keeps its floor, because both of them fit.
    assert [box.drawn for box in home.boxes.values()] == [6.0, 6.0]
    home.base, home.meter_broken = 3.0, None
    await home.run(120)
    assert home.longest_over <= REACTS
    assert sum(box.drawn for box in home.boxes.values()) >= 29.0


async def test_a_meter_in_another_unit_is_read_in_that(home: SmallHome) -> None:
    await settled(home)

    def show() -> None:
        shown = {"unit_of_measurement": "mA"}
        home.hass.states.async_set(METER, f"{1000 * home.load:.0f}", shown)

    home.meter_broken = show
    home.base = 19.0
    await home.run(40)
    assert home.longest_over <= 1
    assert 32.0 <= home.load <= 34.0


async def test_a_meter_that_says_nothing_any_more_makes_its_circuit_fall_back(
    home: SmallHome,
) -> None:
    await settled(home)
    home.meter_broken = lambda: None
    await home.run(40)
    home.base = 10.0
    await home.run(40)
    assert home.longest_over <= REACTS
    assert [box.drawn for box in home.boxes.values()] == [6.0, 6.0]


async def test_a_meter_that_repeats_itself_is_found_out_when_cars_move(home: SmallHome) -> None:
    await settled(home)
    meter_shows(home, f"{home.load:g}", **AMPERES)
    home.boxes["carport"].plugged = False
    await home.run(20)
    home.boxes["carport"].plugged = True
    home.base = 10.0
    await home.run(60)
    assert home.longest_over <= REACTS
    assert home.load <= RATING
    assert [box.drawn for box in home.boxes.values()] == [6.0, 6.0]


@pytest.mark.parametrize("options", [["6 A", "20 A"], ["16 A"], ["Eco", "Fast"], [], ["10", "x"]])
async def test_a_select_without_the_amperes_asked_for_is_told_less(
    home: SmallHome, options: list[str]
) -> None:
    box = home.boxes["garage"]

    def show() -> None:
        shown = f"{box.limit:g} A"
        state = shown if shown in options else (options or ["unknown"])[0]
        home.hass.states.async_set("select.garage", state, {"options": options})

    box.broken["number.garage"] = show
    show()
    home.use("garage", limit=Limit(entity="select.garage"))
    await home.run(90)
    home.base = 19.0
    await home.run(60)
    assert home.longest_over <= REACTS
    assert home.load <= RATING
    home.base = 3.0
    await home.run(60)
    assert home.boxes["carport"].drawn >= 6.0


async def test_a_charger_that_cannot_be_reached_counts_once(home: SmallHome) -> None:
    """Its maximum is kept for it, and what the meter shows of it is not taken for the house's as well."""
    await settled(home)
    all_shown("unavailable")(home.boxes["garage"])
    await home.run(120)
    assert not home.chargers["garage"].reading.online
    # 33.6 A may be used: 3 A for the house and 16 A for the garage leave 14 A in whole amperes.
    assert home.boxes["carport"].limit == 14
    # A house that takes more shows at once where the kept maximum does not explain it.
    home.base = 8.0
    await home.run(60)
    assert home.boxes["carport"].limit <= 10
    assert home.longest_over == 0
    # Its car leaves, unseen: what it was kept for stays, and the house is what the meter shows.
    home.base = 3.0
    home.boxes["garage"].plugged = False
    await home.run(200)
    assert home.boxes["carport"].limit == 14
