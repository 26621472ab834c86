"""Contactors last when phases are switched, and a charger that does something else is seen and counted."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode
from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.errors import SiteError
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import (
    ChargerReading,
    ChargerStatus,
    Mode,
    Phase,
    Session,
    Snapshot,
)
from custom_components.fusewise.balancing.restart import outlive

from .builders import NOW, box, fuse, house, shows
from .switching import life, switcher, with_sun

# --- contactors --------------------------------------------------------------------------------------


def test_two_switches_are_well_apart() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    for number in range(40):
        home.house = with_sun(6000 if number % 2 else 2500)
        home.run(330)
    apart = [b - a for a, b in zip(home.switches, home.switches[1:], strict=False)]
    assert len(home.switches) > 3
    assert min(apart) >= home.site.settings.phase_spacing


def test_so_many_in_a_day_and_the_last_is_the_way_back() -> None:
    settings = {"phase_switches_per_day": 4, "phase_spacing": 60, "phases_up_after": 60}
    home = life(with_sun(2500), mode=Mode.SUN, settings=settings)
    for number in range(30):
        home.house = with_sun(6000 if number % 2 else 2500)
        home.run(600)
    assert len(home.switches) == 4
    assert home.phases == 3


def test_none_at_all_where_its_owner_wants_none() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, settings={"phase_switches_per_day": 0})
    home.run(1200)
    assert home.switches == []


def test_a_charger_that_may_switch_no_more_is_brought_back_to_all_phases() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.until(lambda: home.told > 0, 200)
    home.mode = Mode.FAST
    home.site = replace(
        home.site, chargers=(replace(home.site.chargers[0], switches_phases=False),)
    )
    home.until(lambda: home.phases == 3 and home.told > 0, 120)
    assert home.asked() is None
    home.run(60)
    assert home.current == [16, 16, 16]


def test_a_car_that_must_not_be_paused_is_not_switched_while_it_charges() -> None:
    home = life(with_sun(500), mode=Mode.SUN_MINIMUM, charger=switcher(pausable=False))
    home.run(1800)
    assert home.told == 6
    assert home.switches == []


def test_a_restart_forgets_neither_the_phases_nor_the_wear() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, tells=True)
    home.until(lambda: home.told > 0, 200)
    home.step()
    later = outlive(home.memory, home.now + 7200)
    found = later.chargers[home.charger.id].phasing
    assert found is not None
    assert (found.asked, found.switches, found.to) == (1, tuple(home.switches), None)


@pytest.mark.parametrize("restarts", [True, False])
def test_who_fell_back_to_all_phases_meanwhile_is_counted_there_and_not_accused(
    restarts: bool,
) -> None:
    home = life(with_sun(5000), mode=Mode.SUN)
    home.run(30)
    home.house = with_sun(2500)
    home.until(lambda: home.asked() == 1 and home.told > 0, 1200)
    home.run(30)
    assert home.phasing.obeys is True
    if restarts:
        home.memory = outlive(home.memory, home.now + 60)
    else:
        lost = ChargerReading(
            status=ChargerStatus.UNAVAILABLE, online=False, limit=home.told, limit_until=home.now
        )
        gone = Snapshot(
            now=home.now, meters={"grid": shows(0.0, home.now)}, chargers={home.charger.id: lost}
        )
        home.memory = decide(home.site, gone, home.memory).memory
    home.now += 60
    home.phases = 3
    home.step()
    assert home.asked() == 3
    assert home.memory.chargers[home.charger.id].uses is None
    home.run(60)
    assert home.phasing.obeys is True
    home.until(lambda: home.asked() == 1 and home.told > 0, 1200)


def test_a_line_that_is_lost_for_a_moment_changes_no_phases() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.until(lambda: home.told > 0, 200)
    lost = ChargerReading(status=ChargerStatus.CHARGING, online=False, limit_until=home.now + 20)
    gone = Snapshot(
        now=home.now, meters={"grid": shows(0.0, home.now)}, chargers={home.charger.id: lost}
    )
    home.memory = decide(home.site, gone, home.memory).memory
    assert home.phasing.asked == 1


def test_a_car_that_goes_on_drawing_is_not_switched_under_load() -> None:
    home = life(with_sun(500), mode=Mode.SUN_MINIMUM, charger=switcher(slow_to_obey=5.0))
    home.run(60)
    reading = ChargerReading(
        status=ChargerStatus.CHARGING, session=Session(id="s", started=NOW, mode=home.mode)
    )
    memory = home.memory
    for second in range(600):
        now = home.now + second
        stuck = replace(reading, current=(6.0, 6.0, 6.0), measured_at=now)
        snapshot = Snapshot(
            now=now, meters={"grid": shows(6.0, now)}, chargers={home.charger.id: stuck}
        )
        decision = decide(home.site, snapshot, memory)
        memory = decision.memory
        assert decision.setpoints[0].phases == 3


# --- chargers that do something else -----------------------------------------------------------------


def test_a_charger_that_does_not_switch_is_noticed_and_left_alone_for_a_day() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, obeys=False)
    home.until(lambda: home.told > 0, 200)
    home.run(10)
    assert home.decision is not None
    codes = [notice.code for notice in home.decision.notices]
    assert NoticeCode.PHASES_DISOBEYED in codes
    assert home.asked() == 3
    assert home.phasing.obeys is False
    switches = home.phasing.switches
    home.run(7200)
    assert home.phasing.switches == switches


def test_a_charger_that_says_it_is_still_on_three_phases_is_waited_for() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, tells=True, obeys=False, measures=False)
    home.until(lambda: home.phasing.to == 1 == home.phasing.asked, 200)
    home.run(home.charger.switch_pause + 30)
    assert home.told == 0
    home.run(60)
    assert home.phasing.obeys is False
    assert home.asked() == 3


def test_a_charger_that_tells_its_phases_goes_on_once_it_tells_the_new_ones() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, tells=True)
    home.until(lambda: home.told > 0, 200)
    assert home.current == [10.8, 0, 0]


def test_one_that_somebody_else_has_switched_stays_as_they_want_it() -> None:
    home = life(with_sun(6000), mode=Mode.SUN, tells=True)
    home.run(60)
    home.phases = 1
    home.step()
    assert home.asked() == 1
    assert home.switches == []


def test_one_that_is_on_one_phase_when_it_is_first_heard_of_is_not_switched_under_load() -> None:
    home = life(tells=True, phases=1)
    home.step()
    assert home.asked() == 1


def test_phases_that_cannot_be_count_as_not_told() -> None:
    home = life(tells=True, obeys=False)
    home.phases = 7
    home.step()
    assert home.decision is not None
    assert NoticeCode.BAD_VALUE in [notice.code for notice in home.decision.notices]
    assert home.asked() == 3


@pytest.mark.parametrize(
    ("wiring", "rest", "message"),
    [
        ("L1", {}, "three phases"),
        ("L1 L2", {"line_to_line": True}, "three phases"),
        ("L1 L2", {"one_phase": Phase.L3}, "L3"),
        ("L1 L2 L3", {"switch_pause": -1.0}, "switch_pause"),
    ],
)
def test_a_charger_that_cannot_be_is_refused(
    wiring: str, rest: dict[str, Any], message: str
) -> None:
    site = house(fuse(25), box(wiring=wiring, switches_phases=True, **rest))
    with pytest.raises(SiteError, match=message):
        decide(site, Snapshot(now=NOW), Memory())
