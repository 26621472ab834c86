"""A meter and its line, as the controller sees them."""

from itertools import pairwise
import random

import pytest

from custom_components.fusewise.simulation import Meter, MeterModel, PerPhase


def seen(
    model: MeterModel, seconds: int, per_second: int = 10, meter: Meter | None = None
) -> list[tuple[float, PerPhase]]:
    """(when it came, what it shows) of each sample of a current that is the time."""
    meter = meter or Meter(model, random.Random(1))
    samples: list[tuple[float, PerPhase]] = []
    for step in range(seconds * per_second):
        now = step / per_second
        meter.measure(now, (now, 0.0, 0.0))
        if meter.step(now) and meter.reading is not None:
            samples.append((meter.reading.measured_at, meter.reading.current))
    return samples


def test_samples_come_at_their_interval_and_show_what_flows() -> None:
    samples = seen(MeterModel(interval=2.0), 20)
    assert len(samples) == 10
    assert all(shown[0] == pytest.approx(at) for at, shown in samples)


def test_a_lagging_meter_shows_the_past_as_if_it_were_now() -> None:
    samples = seen(MeterModel(lag=3.0), 20)
    assert all(shown[0] == pytest.approx(at - 3.0) for at, shown in samples[4:])


def test_samples_get_lost_and_come_twice() -> None:
    lost = seen(MeterModel(loses=0.5), 1000, per_second=1)
    assert 400 < len(lost) < 600
    twice = [shown for _, shown in seen(MeterModel(doubles=0.5), 1000, per_second=1)]
    repeated = sum(a == b for a, b in pairwise(twice))
    assert len(twice) >= 999
    assert 400 < repeated < 600


def test_noise_and_jitter_have_the_size_that_was_asked_for() -> None:
    samples = seen(MeterModel(noise=0.5), 1000, per_second=1)
    errors = [shown[0] - at for at, shown in samples]
    assert 0.4 < (sum(e * e for e in errors) / len(errors)) ** 0.5 < 0.6
    late = [at % 1.0 for at, _ in seen(MeterModel(jitter=0.5), 100)]
    assert max(late) - min(late) > 0.3


def test_a_dead_meter_keeps_its_last_reading_and_a_frozen_one_repeats_it() -> None:
    meter = Meter(MeterModel(), random.Random(1))
    seen(MeterModel(), 5, meter=meter)
    last = meter.reading
    meter.works = False
    assert seen(MeterModel(), 5, meter=meter) == []
    assert meter.reading is last
    frozen = Meter(MeterModel(), random.Random(1))
    frozen.frozen = True
    shown = {current for _, current in seen(MeterModel(), 5, meter=frozen)}
    assert len(shown) == 1


def test_a_lying_meter_shows_what_it_makes_of_the_truth() -> None:
    meter = Meter(MeterModel(), random.Random(1))
    meter.lies = lambda current: (-current[0], 1e6, 0.0)
    at, shown = seen(MeterModel(), 3, meter=meter)[-1]
    assert shown[0] == pytest.approx(-at)
    assert shown[1:] == (1e6, 0.0)


def test_a_controller_that_starts_has_heard_nothing_yet() -> None:
    meter = Meter(MeterModel(), random.Random(1))
    seen(MeterModel(), 3, meter=meter)
    meter.restart()
    assert meter.reading is None
