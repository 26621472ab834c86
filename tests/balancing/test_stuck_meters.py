"""A meter is stuck when cars move and it does not; what was only not measured yet has not moved."""

from dataclasses import replace

from custom_components.fusewise.balancing.codes import FallbackCause
from custom_components.fusewise.balancing.model import ChargerStatus, Snapshot

from .builders import NO_CAR, NOW, box, car, fuse, house, run, seen, shows

SITE = house(fuse(25.0, meter="m", house_allowance=(5, 5, 5)), box("a"), box("b"), smoothing=1.0)
CHARGING = ChargerStatus.CHARGING


def _second(second: int, a: tuple[float, ...], b: tuple[float, ...]) -> Snapshot:
    """A second in which the meter shows what it always shows."""
    at = NOW + second
    return seen(
        {"a": car(*a, at=at, status=CHARGING), "b": car(*b, at=at, status=CHARGING)},
        {"m": shows(14.0, at=at)},
        now=at,
    )


def test_a_car_that_moves_while_the_meter_stands_still_shows_that_it_is_stuck() -> None:
    still = [_second(n, (6.0,), (6.0,)) for n in range(5)]
    moved = [_second(n, (12.0,), (6.0,)) for n in range(5, 12)]
    assert run(SITE, *still, *moved).circuits[0].fallback is FallbackCause.STUCK


def test_a_charger_whose_first_sample_comes_late_has_not_moved() -> None:
    one = [_second(n, (6.0,), ()) for n in range(5)]
    both = [_second(n, (6.0,), (6.0,)) for n in range(5, 20)]
    assert run(SITE, *one, *both).circuits[0].fallback is None


def test_what_cars_did_while_the_meter_was_silent_does_not_count_against_it() -> None:
    before = [_second(n, (6.0,), (6.0,)) for n in range(5)]
    # Its last sample is kept while it is away; the cars' newest are from then when it comes back.
    away = [
        replace(_second(n, (12.0,), (6.0,)), meters={"m": shows(14.0, at=NOW + 4)})
        for n in range(5, 40)
    ]
    back = [
        replace(_second(39, (12.0,), (6.0,)), now=NOW + n, meters={"m": shows(14.0, at=NOW + n)})
        for n in range(40, 44)
    ]
    then = [_second(n, (6.0,), (6.0,)) for n in range(44, 60)]
    assert run(SITE, *before, *away, *back, *then).circuits[0].fallback is None


def test_a_charger_that_is_only_now_heard_to_have_a_car_has_not_moved() -> None:
    first = [_second(n, (6.0,), (6.0,)) for n in range(5)]
    one = [replace(s, chargers={**s.chargers, "b": NO_CAR}) for s in first]
    both = [_second(n, (6.0,), (6.0,)) for n in range(5, 20)]
    assert run(SITE, *one, *both).circuits[0].fallback is None


def test_a_charger_that_shows_only_now_what_the_meter_showed_before_has_not_moved_again() -> None:
    # A start from 0 to 6 A: the meter saw it at once; the charger's sample of 1 s later still says 0 A.
    def at(second: float, drawn: float, sampled: float, shown: float) -> Snapshot:
        readings = {"a": car(drawn, at=NOW + sampled, status=CHARGING), "b": NO_CAR}
        return seen(readings, {"m": shows(shown, at=NOW + second)}, now=NOW + second)

    before = [at(second, 0.0, second, 3.0) for second in range(5)]
    started = [at(second, 0.0, 6.0, 9.0) for second in range(5, 11)]
    known = [at(second, 6.0, 11.0, 9.0) for second in range(11, 60)]
    assert run(SITE, *before, *started, *known).circuits[0].fallback is None
