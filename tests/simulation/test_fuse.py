"""What a fuse goes through."""

import pytest

from custom_components.fusewise.simulation import Fuse


def test_the_worst_conductor_counts() -> None:
    fuse = Fuse(rating=(25.0, 25.0, 25.0))
    fuse.carry(1.0, (30.0, 20.0, 26.0), 1.0)
    fuse.carry(2.0, (10.0, 20.0, 26.0), 1.0)
    assert fuse.peak == 30.0
    assert fuse.seconds_above == 2.0
    assert fuse.ampere_seconds == pytest.approx(5.0)
    assert fuse.seconds_beyond == 1.0
    assert fuse.last_above == 2.0


def test_a_break_ends_the_longest_time_above() -> None:
    fuse = Fuse(rating=(25.0, 25.0, 25.0))
    for second, amperes in enumerate((26.0, 26.0, 25.0, 26.0)):
        fuse.carry(float(second), (amperes, 0.0, 0.0), 1.0)
    assert fuse.seconds_above == 3.0
    assert fuse.longest_above == 2.0


def test_a_fuse_does_not_know_a_direction() -> None:
    fuse = Fuse(rating=(25.0, 25.0, 25.0))
    fuse.carry(1.0, (-30.0, 0.0, 0.0), 1.0)
    assert fuse.seconds_above == 1.0


def test_what_a_meter_cannot_tell_is_not_above() -> None:
    fuse = Fuse(rating=(25.0, 25.0, 25.0))
    fuse.carry(1.0, (25.4, 0.0, 0.0), 1.0)
    assert fuse.seconds_above == fuse.ampere_seconds == 0.0
    assert fuse.peak == 25.4
