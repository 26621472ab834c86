"""A charger goes to one phase where its floor on all does not fit, and back when it does."""

import pytest

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.memory import ChargerMemory, Memory, Phasing
from custom_components.fusewise.balancing.model import ChargerStatus, GridLimit, Mode, Phase

from .builders import NOW, box, car, fuse, house, run, seen, shows
from .switching import STEP, life, proved, switcher, with_sun

# --- the sun -----------------------------------------------------------------------------------------


def test_too_little_sun_for_three_phases_charges_on_one() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.run(30)
    assert home.told == 0
    assert home.asked() == 3
    home.until(lambda: home.told > 0, 120)
    assert home.asked() == 1
    assert home.current == [10.8, 0, 0]
    assert home.why is ReasonCode.ONE_PHASE_SUN


def test_while_it_switches_it_says_so() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.until(lambda: home.why is ReasonCode.SWITCHING_PHASES, 120)
    assert home.told == 0
    took = home.until(lambda: home.told > 0, 120)
    assert home.charger.switch_pause <= took <= home.charger.switch_pause + 3 * STEP


def test_enough_sun_for_three_phases_for_long_enough_brings_them_back() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.until(lambda: home.told > 0, 200)
    home.house = with_sun(6000)
    home.run(280)
    assert home.asked() == 1
    assert home.told == 16
    home.until(lambda: home.asked() == 3 and home.told > 0, 600)
    assert home.told == pytest.approx(8.6)
    assert len(home.switches) == 2


def test_a_gap_in_the_clouds_brings_nobody_back_to_three_phases() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.until(lambda: home.told > 0, 200)
    for _ in range(10):
        home.house = with_sun(6000)
        home.run(200)
        home.house = with_sun(3000)
        home.run(60)
    assert home.asked() == 1
    assert len(home.switches) == 1


def test_without_sun_for_one_phase_nothing_is_switched() -> None:
    home = life(with_sun(1000), mode=Mode.SUN)
    home.run(1200)
    assert home.told == 0
    assert home.switches == []


def test_sun_plus_minimum_takes_less_from_the_grid_on_one_phase() -> None:
    home = life(with_sun(500), mode=Mode.SUN_MINIMUM)
    home.run(30)
    assert home.current == [6, 6, 6]
    home.until(lambda: home.asked() == 1 and home.told > 0, 200)
    assert home.current == [6, 0, 0]
    assert home.why is ReasonCode.ONE_PHASE_SUN


def test_where_each_phase_is_netted_by_itself_one_phase_takes_its_own_sun() -> None:
    home = life((-8.0, -2.0, -2.0), mode=Mode.SUN, settings={"netting": "per_phase"})
    home.until(lambda: home.told > 0, 200)
    assert home.asked() == 1
    assert home.told == pytest.approx(8)


def test_who_wants_no_sun_any_more_goes_back_to_three_phases_at_once() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, settings={"phase_spacing": 0})
    home.until(lambda: home.told > 0, 200)
    home.mode = Mode.FAST
    assert home.until(lambda: home.asked() == 3 and home.told > 0, 120) < 60
    assert home.told == 16


# --- the fuse ----------------------------------------------------------------------------------------


def test_a_full_phase_leaves_the_car_charging_on_another() -> None:
    home = proved(life((2.0, 22.0, 2.0)))
    home.until(lambda: home.told > 0, 200)
    assert home.asked() == 1
    assert home.current == [16, 0, 0]
    assert home.why is ReasonCode.ONE_PHASE_LIMIT
    assert max(home.worst) <= 25


def test_and_goes_back_when_the_other_phases_have_room_for_long_enough() -> None:
    home = proved(life((2.0, 22.0, 2.0)))
    home.until(lambda: home.told > 0, 200)
    home.house = (2.0, 4.0, 2.0)
    home.run(290)
    assert home.asked() == 1
    home.until(lambda: home.asked() == 3 and home.told > 0, 600)
    assert home.current == [16, 16, 16]


def test_a_charger_that_was_never_seen_to_obey_counts_on_all_phases() -> None:
    home = life((2.0, 22.0, 2.0), obeys=False)
    home.run(3600)
    assert home.told == 0
    assert max(home.worst) <= 25


def test_once_it_was_seen_to_charge_on_one_phase_a_full_phase_does_not_stop_it() -> None:
    home = life(with_sun(5000), mode=Mode.SUN)
    home.run(30)
    assert home.current == [7.2, 7.2, 7.2]
    home.house = with_sun(2500)
    home.until(lambda: home.asked() == 1 and home.told > 0, 1200)
    home.run(30)
    assert home.phasing.obeys is True
    home.mode, home.house = Mode.FAIR, (2.0, 22.0, 2.0)
    home.run(60)
    assert home.current == [16, 0, 0]


def test_on_one_phase_a_car_that_does_not_measure_hides_no_load_on_the_others() -> None:
    # Its charger was seen to obey when it still measured.
    site = house(fuse(25, meter="grid"), switcher(slow_to_obey=5.0), box("b", "L2"))
    one_phase = Phasing(asked=1, obeys=True, since=NOW, switches=(NOW,))
    memory = Memory(chargers={"a": ChargerMemory(phasing=one_phase)})
    mine = other = 0.0
    for step in range(1, 8):
        now, kettle = NOW + 10 * step, 12.0 if step > 4 else 0.0
        readings = {
            "a": car(status=ChargerStatus.CHARGING),
            "b": car(other, at=now, status=ChargerStatus.CHARGING),
        }
        meters = {"grid": shows((mine, kettle + other, 0.0), now)}
        decision = run(site, seen(readings, meters, now=now), memory=memory)
        memory = decision.memory
        mine, other = (setpoint.current for setpoint in decision.setpoints)
        assert kettle + other <= 25
    assert (mine, other) == (16, 13)


def test_one_phase_that_has_no_room_either_is_no_way_out() -> None:
    home = proved(life((22.0, 22.0, 2.0)))
    home.run(1200)
    assert home.told == 0
    assert home.switches == []


def test_a_vehicle_of_one_phase_counts_on_the_one_that_its_charger_uses_then() -> None:
    charger = switcher(one_phase=Phase.L3, slow_to_obey=5.0)
    site = house(fuse(25, meter="grid"), charger, box("b", "L3"))
    one_phase = Phasing(asked=1, obeys=True, since=NOW, switches=(NOW,))
    memory = Memory(chargers={"a": ChargerMemory(phasing=one_phase)})
    readings = {"a": car(phases=1), "b": car()}
    decision = run(site, seen(readings, {"grid": shows(0.0)}), memory=memory)
    assert sum(setpoint.current for setpoint in decision.setpoints) <= 25


def test_the_phase_that_it_uses_then_may_be_another_one() -> None:
    home = proved(life((22.0, 2.0, 22.0), charger=switcher(one_phase=Phase.L2)))
    home.until(lambda: home.asked() == 1, 200)
    home.run(60)
    assert home.told == 16


def test_the_grid_operators_watts_are_enough_for_one_phase() -> None:
    limit = GridLimit(source="operator", watts=3600)
    home = proved(life(rest={"grid_limits": (limit,)}))
    home.until(lambda: home.told > 0, 200)
    assert home.asked() == 1
    assert home.told == pytest.approx(15.6)
    assert home.why is ReasonCode.ONE_PHASE_LIMIT


def test_4_2_kilowatts_are_enough_for_three_phases() -> None:
    limit = GridLimit(source="operator", watts=4200)
    home = proved(life(rest={"grid_limits": (limit,)}))
    home.run(1200)
    assert home.asked() == 3
    assert home.told == 6


def test_no_phase_may_be_further_above_another_than_the_site_allows() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, circuit={"unbalance": 8.0})
    home.until(lambda: home.told > 0, 200)
    assert home.asked() == 1
    home.run(60)
    assert home.told == 8
    alone = life(with_sun(2500), mode=Mode.SUN, circuit={"unbalance": 5.0})
    alone.run(1200)
    assert alone.switches == []


# --- need --------------------------------------------------------------------------------------------


def test_a_car_that_is_ready_in_time_on_one_phase_stays_there() -> None:
    home = proved(
        life(
            (2.0, 22.0, 2.0),
            session={"departure": NOW + 10 * 3600, "energy_needed_kwh": 15.0},
        )
    )
    home.until(lambda: home.told > 0, 200)
    home.house = (2.0, 2.0, 2.0)
    home.run(3600)
    assert home.asked() == 1


def test_a_car_that_would_be_late_on_one_phase_gets_all() -> None:
    home = proved(
        life(
            (2.0, 22.0, 2.0),
            session={"departure": NOW + 3 * 3600, "energy_needed_kwh": 15.0},
        )
    )
    home.until(lambda: home.told > 0, 200)
    home.house = (2.0, 2.0, 2.0)
    home.until(lambda: home.asked() == 3 and home.told > 0, 1200)


def test_a_one_phase_car_is_never_switched() -> None:
    home = life(with_sun(6000), mode=Mode.SUN, car_phases=1)
    home.run(60)
    for watts in (2500, 500, 6000) * 3:
        home.house = with_sun(watts)
        home.run(900)
    assert home.switches == []
