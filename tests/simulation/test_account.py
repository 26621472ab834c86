"""What a fuse went through."""

import pytest

from custom_components.fusewise.balancing.model import PerPhase, Phase
from custom_components.fusewise.simulation import Appetite, ChargerSample, Sample, account

RATING = (25.0, 25.0, 25.0)
ALL = (Phase.L1, Phase.L2, Phase.L3)


def sample(house: PerPhase, cars: dict[tuple[Phase, ...], float], sun: float = 0.0) -> Sample:
    chargers = [
        ChargerSample(
            id=str(phases),
            limit=16.0,
            current=(
                amperes * (Phase.L1 in phases),
                amperes * (Phase.L2 in phases),
                amperes * (Phase.L3 in phases),
            ),
            appetite=Appetite(phases=phases, current=amperes, floor=6.0, ceiling=16.0),
        )
        for phases, amperes in cars.items()
    ]
    fuse = [house[p] - sun + sum(c.current[p] for c in chargers) for p in range(3)]
    return Sample(
        time=0.0,
        fuse=(fuse[0], fuse[1], fuse[2]),
        house=house,
        sun=(sun, sun, sun),
        chargers=tuple(chargers),
    )


def test_the_longest_overrun_is_counted_without_breaks() -> None:
    over = sample((27.0, 0.0, 0.0), {})
    under = sample((25.0, 0.0, 0.0), {})
    result = account([over] * 30 + [under] + [over] * 20, RATING, 0.1)
    assert result.phases[0].longest_above == pytest.approx(3.0)
    assert result.phases[0].ampere_seconds_above == pytest.approx(10.0)
    assert result.phases[1].longest_above == 0.0


def test_export_overruns_a_fuse_too() -> None:
    result = account([sample((0.0, 0.0, 0.0), {}, sun=30.0)], RATING, 1.0)
    assert [phase.ampere_seconds_above for phase in result.phases] == [5.0] * 3


def test_the_room_is_used_whole_when_no_car_can_have_more_without_another_having_less() -> None:
    # L2 is full: 11.5 A for each of the two cars on it. The rest of L1 and L3 is no room for anybody.
    shared = sample((2.0, 2.0, 2.0), {ALL: 11.5, (Phase.L2,): 11.5})
    result = account([shared], RATING, 1.0)
    assert result.share_used == pytest.approx(1.0)
    assert [phase.share_used for phase in result.phases] == [pytest.approx(1.0)] * 3


def test_half_the_room_is_half_used() -> None:
    result = account([sample((1.0, 1.0, 1.0), {ALL: 8.0})], RATING, 1.0)
    assert result.share_used == pytest.approx(0.5)


def test_a_stopped_car_uses_nothing_of_its_room() -> None:
    result = account([sample((1.0, 1.0, 1.0), {(Phase.L2,): 0.0})], RATING, 1.0)
    assert result.share_used == 0.0
    assert result.phases[1].share_used == 0.0
    assert result.phases[0].share_used is None


def test_what_is_drawn_beyond_the_rating_is_not_used_room() -> None:
    result = account([sample((15.0, 0.0, 0.0), {(Phase.L1,): 16.0})], RATING, 1.0)
    assert result.phases[0].used == pytest.approx(10.0)
    assert result.share_used == pytest.approx(1.0)


def test_without_a_car_that_could_charge_there_is_no_room_to_use() -> None:
    assert account([sample((1.0, 1.0, 1.0), {})], RATING, 1.0).share_used is None


def test_what_the_sun_feeds_in_is_room() -> None:
    result = account([sample((20.0, 0.0, 0.0), {(Phase.L1,): 8.0}, sun=5.0)], RATING, 1.0)
    assert result.phases[0].room == pytest.approx(10.0)
