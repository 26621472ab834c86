"""Sun goes to cars that want only sun, fairly among them, as the country nets it and the battery's owner wants."""

import math
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import FallbackCause, ReasonCode
from custom_components.fusewise.balancing.model import Battery, ChargerReading, Mode, PerPhase
from custom_components.fusewise.balancing.settings import BatteryUse, Netting

from .builders import NOW, box, car, fuse, house, run, seen, shows, targets, told, why

SUN = {"a": car(mode=Mode.SUN)}


def given(
    meter: float | PerPhase,
    readings: dict[str, ChargerReading] | None = None,
    storage: Battery | None = None,
    wiring: str = "L1",
    **settings: Any,
) -> dict[str, float]:
    """What cars get when the main meter shows this."""
    readings = readings or SUN
    site = house(fuse(63, meter="m"), *(box(name, wiring) for name in readings), **settings)
    return targets(run(site, seen(readings, {"m": shows(meter)}, battery=storage)))


def test_only_what_would_be_exported() -> None:
    assert given((-10, 0, 0)) == {"a": 10}


def test_who_needs_no_sun_leaves_room_on_the_fuse_for_the_floor_of_one_that_has_its_sun() -> None:
    site = house(fuse(20, meter="m"), box("a"), box("b"))
    cars = {"a": car(mode=Mode.SUN), "b": car()}
    assert targets(run(site, seen(cars, {"m": shows((0, -20, -20))}))) == {"a": 6, "b": 14}


def test_who_needs_no_sun_leaves_no_room_for_one_that_has_no_sun() -> None:
    site = house(fuse(20, meter="m"), box("a"), box("b"))
    cars = {"a": car(mode=Mode.SUN), "b": car()}
    decision = run(site, seen(cars, {"m": shows((0, -20, -5))}))
    assert targets(decision) == {"a": 0, "b": 20}
    assert why(decision) is ReasonCode.WAITING_SUN


def test_sun_that_others_leave_for_a_floor_is_enough_for_one_more() -> None:
    site = house(fuse((20, 60, 60), meter="m"), box("a"), box("s"), box("t", "L2"))
    cars = {"a": car(), "s": car(mode=Mode.SUN), "t": car(mode=Mode.SUN)}
    decision = run(site, seen(cars, {"m": shows((0, 0, -26))}))
    assert targets(decision) == {"a": 14, "s": 6, "t": 6}


def test_nobody_gets_sun_that_others_take_as_soon_as_there_is_room_for_its_floor() -> None:
    # What "a" would leave for "s" on L1 lets "b" draw more on all phases.
    site = house(
        fuse((60, 20, 100), meter="m"),
        fuse((12, 60, 60), "panel", "main"),
        box("a", "L1 L2", "panel"),
        box("b", "L1 L2 L3"),
        box("s", "L1", "panel"),
    )
    cars = {"a": car(), "b": car(), "s": car(mode=Mode.SUN)}
    short = run(site, seen(cars, {"m": shows((0, 0, -59))}))
    assert targets(short) == {"a": 10, "b": 10, "s": 0}
    assert why(short, "s") is ReasonCode.WAITING_SUN
    enough = run(site, seen(cars, {"m": shows((0, 0, -60))}))
    assert targets(enough) == {"a": 6, "b": 14, "s": 6}


def test_a_step_that_rounding_leaves_to_others_takes_no_sun_that_was_shared() -> None:
    boxes = [box("a", step=1), box("b", step=1), box("s", "L2")]
    site = house(fuse((19, 60, 100), meter="m"), *boxes)
    cars = {"a": car(), "b": car(), "s": car(mode=Mode.SUN)}
    decision = run(site, seen(cars, {"m": shows((0, 0, -26))}))
    assert targets(decision) == {"a": 10, "b": 9, "s": 7}


def test_below_its_floor_a_car_waits_for_the_sun() -> None:
    site = house(fuse(63, meter="m"), box())
    decision = run(site, seen(SUN, {"m": shows((-5.9, 0, 0))}))
    assert targets(decision) == {"a": 0}
    assert why(decision) is ReasonCode.WAITING_SUN


def test_what_the_sun_bounds_says_so() -> None:
    site = house(fuse(63, meter="m"), box())
    assert why(run(site, seen(SUN, {"m": shows((-10, 0, 0))}))) is ReasonCode.SURPLUS


def test_the_phases_are_netted_where_the_country_nets_them() -> None:
    # 30 A of sun on L3, 8 and 6 A of house on L1 and L2: 16 A are left over.
    assert given((8, 6, -30)) == {"a": 16}


def test_per_phase_only_what_its_own_phases_export() -> None:
    per_phase: dict[str, Any] = {"netting": Netting.PER_PHASE}
    assert given((-8, 6, -30), **per_phase) == {"a": 8}
    assert given((8, 6, -30), **per_phase) == {"a": 0}
    assert given((-8, -7, -30), wiring="L1 L2 L3", **per_phase) == {"a": 7}


def test_a_three_phase_car_needs_three_times_the_sun() -> None:
    assert given(-10, wiring="L1 L2 L3") == {"a": 10}
    assert given((-17, 0, 0), wiring="L1 L2 L3") == {"a": 0}
    assert given((-21, 0, 0), wiring="L1 L2 L3") == {"a": 7}


def test_several_cars_share_the_sun() -> None:
    assert given((-20, 0, 0), {name: car(mode=Mode.SUN) for name in "ab"}) == {"a": 10, "b": 10}


def test_where_the_sun_is_too_little_for_all_some_take_it() -> None:
    found = given((-15, 0, 0), {name: car(mode=Mode.SUN) for name in "abc"})
    assert sorted(found.values()) == [0, 7.5, 7.5]


def test_sun_plus_minimum_has_its_floor_at_night_and_the_sun_on_top() -> None:
    minimum = {"a": car(mode=Mode.SUN_MINIMUM)}
    assert given((5, 0, 0), minimum) == {"a": 6}
    assert given((-4, 0, 0), minimum) == {"a": 6}
    assert given((-10, 0, 0), minimum) == {"a": 10}


def test_a_sun_car_takes_only_what_the_others_leave() -> None:
    both = {"a": car(mode=Mode.FAIR, maximum=10), "b": car(mode=Mode.SUN)}
    assert given((-20, 0, 0), both) == {"a": 10, "b": 10}
    assert given((-15, 0, 0), both) == {"a": 10, "b": 0}


def test_a_sun_car_is_bounded_by_the_fuse_all_the_same() -> None:
    site = house(fuse(63, meter="m"), fuse(8, "panel", "main"), box(circuit="panel"))
    assert targets(run(site, seen(SUN, {"m": shows((-20, 0, 0))}))) == {"a": 8}


def test_unbalance_shares_the_sun_once_and_not_twice() -> None:
    # The cap on L1 makes the shares be found anew; the sun is the same as before.
    site = house(fuse(63, meter="m", unbalance=20), box("a"), box("b", "L2"))
    readings = {"a": car(mode=Mode.SUN), "b": car(12, at=NOW)}
    decision = run(site, seen(readings, {"m": shows((-30, 6, 0))}))
    given_out = targets(decision)
    assert 230 * (given_out["a"] + given_out["b"]) <= 230 * 36 + 1


def test_it_stays_on_for_its_first_minutes_and_is_then_paused() -> None:
    site = house(fuse(63, meter="m"), box(), minimum_on=300)
    sunny = run(site, seen(SUN, {"m": shows((-10, 0, 0))}))

    def cloud(seconds: float, memory: Any) -> Any:
        now = NOW + seconds
        meters = {"m": shows((6, 0, 0), now)}
        return run(site, seen({"a": car(6, at=now, mode=Mode.SUN)}, meters, now=now), memory=memory)

    early = cloud(299, sunny.memory)
    assert told(early) == {"a": 6}
    late = cloud(300, early.memory)
    assert told(late) == {"a": 0}
    assert why(late) is ReasonCode.WAITING_SUN


def test_without_a_believed_meter_there_is_no_sun_to_share() -> None:
    site = house(fuse(63, others=0), box())
    assert targets(run(site, seen(SUN, sun=(20.0, 0.0, 0.0)))) == {"a": 0}


# --- the battery at home: a surplus of 2 kW goes into it -------------------------------------------


@pytest.mark.parametrize(
    ("use", "power", "soc", "amperes"),
    [
        # 2 kW charge the battery and 1.38 kW are exported
        (BatteryUse.CARS_FIRST, 2000, 50, 14.6),
        (BatteryUse.BATTERY_FIRST, 2000, 50, 6),
        (BatteryUse.BATTERY_HELPS, 2000, 50, 27.7),
        # at its reserve it does not help
        (BatteryUse.BATTERY_HELPS, 2000, 20, 14.6),
        (BatteryUse.BATTERY_HELPS, 2000, None, 14.6),
    ],
)
def test_a_battery_that_charges(
    use: BatteryUse, power: float, soc: float | None, amperes: float
) -> None:
    battery = Battery(power=power, soc=soc, maximum_discharge=3000)
    assert given((-6, 0, 0), storage=battery, battery=use) == {"a": amperes}


@pytest.mark.parametrize("use", [BatteryUse.CARS_FIRST, BatteryUse.BATTERY_FIRST])
def test_what_a_battery_gives_is_not_sun(use: BatteryUse) -> None:
    # 10 A are exported because the battery discharges 2.3 kW.
    battery = Battery(power=-2300, soc=50)
    assert given((-10, 0, 0), storage=battery, battery=use) == {"a": 0}


def test_where_only_the_sum_is_measured_it_is_the_sum_that_is_shared() -> None:
    """Each phase counts with all that may be on it, and yet the car gets the sun that is left over."""
    site = house(fuse(63, meter="m"), box())
    exporting = seen(SUN, {"m": shows((0, 0, 0), rest=-10.0)})
    assert targets(run(site, exporting)) == {"a": 10}
    importing = seen(SUN, {"m": shows((4, 4, 4), rest=4.0)})
    assert targets(run(site, importing)) == {"a": 0}
    # Netted phase by phase, nobody knows which one it is on.
    per_phase = house(fuse(63, meter="m"), box(), netting=Netting.PER_PHASE)
    assert targets(run(per_phase, exporting)) == {"a": 0}


def test_the_fuse_counts_the_safe_split_while_the_sum_is_shared() -> None:
    site = house(fuse(12, meter="m"), box())
    assert targets(run(site, seen(SUN, {"m": shows((5, 5, 5), rest=-20.0)}))) == {"a": 7}


def test_a_sum_is_averaged_like_any_other_load() -> None:
    site = house(fuse(63, meter="m"), box(), smoothing=60.0)
    house_only = seen(SUN, {"m": shows((5, 5, 5), rest=5.0)})
    sunny = seen(SUN, {"m": shows((0, 0, 0), at=NOW + 1, rest=-20.0)}, now=NOW + 1)
    first = run(site, house_only)
    second = run(site, sunny, memory=first.memory)
    averaged = second.memory.circuits["main"].rest
    assert averaged is not None
    assert 4.0 < averaged < 5.0
    # What goes up counts at once.
    dark = seen(SUN, {"m": shows((9, 9, 9), at=NOW + 2, rest=9.0)}, now=NOW + 2)
    assert run(site, dark, memory=second.memory).memory.circuits["main"].rest == 9.0


def test_a_sum_that_cannot_be_is_not_believed() -> None:
    site = house(fuse(63, meter="m"), box())
    for impossible in (math.nan, -math.inf, 1e6):
        decision = run(site, seen(SUN, {"m": shows((0, 0, 0), rest=impossible)}))
        assert targets(decision) == {"a": 0}
        assert decision.circuits[0].fallback is FallbackCause.IMPOSSIBLE
