"""A moment by the wall clock stays where it is on the loop's clock, until somebody sets the wall clock."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.fusewise import wall_clock
from custom_components.fusewise.wall_clock import WallClock


def test_a_departure_moves_on_the_loops_clock_only_when_the_wall_clock_was_set(
    freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = 5000.0
    monkeypatch.setattr(wall_clock, "steady_clock", lambda: loop)
    freezer.move_to("2026-11-21 06:00:00")
    clock = WallClock()
    departure = clock.now() + 3600
    assert clock.on_the_loops(departure) == pytest.approx(loop + 3600)
    # The two drift apart a little all the time; that moves nobody's departure.
    freezer.tick(62)
    loop += 60
    assert clock.on_the_loops(departure) == pytest.approx(5000 + 3600)
    # Summer time has nothing to do with it, but an hour that somebody turns has.
    freezer.tick(-3600)
    assert clock.on_the_loops(departure) == pytest.approx(loop + 3600 - 62 + 3600)
