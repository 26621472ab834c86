"""What cars are known to draw behind a meter: as measured, and at most what they may."""

from functools import partial

import pytest

from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    PerPhase,
    Phase,
    Session,
)
from custom_components.fusewise.meter import cars_draw

L1, L2, L3 = Phase.L1, Phase.L2, Phase.L3
Read = partial(ChargerReading, status=ChargerStatus.CHARGING)
CHARGES = Session(id="a", started=0.0)


@pytest.mark.parametrize(
    ("wiring", "reading", "least", "most"),
    [
        # It may have taken all that it may since it was measured.
        (
            (L1, L2, L3),
            Read(current=(6, 6, 6), limit=10, session=CHARGES),
            (6, 6, 6),
            (10, 10, 10),
        ),
        # It does not follow yet.
        ((L2,), Read(current=(14,), limit=10, session=CHARGES), (0, 14, 0), (0, 14, 0)),
        # Nobody knows its limit, or its current.
        ((L2,), Read(session=CHARGES), (0, 0, 0), (0, 16, 0)),
        # Its terminals are wired to other phases than their names say.
        (
            (L3, L1, L2),
            Read(current=(6, 0, 0), limit=6, session=CHARGES),
            (0, 0, 6),
            (6, 6, 6),
        ),
        # No car is there; but who has lost its line may have got one meanwhile.
        ((L2,), Read(current=(0,), limit=10), (0, 0, 0), (0, 0, 0)),
        ((L2,), Read(current=(0,), limit=10, online=False), (0, 0, 0), (0, 10, 0)),
    ],
)
def test_a_car_counts_with_what_it_draws_at_least_and_at_most(
    wiring: tuple[Phase, ...], reading: ChargerReading, least: PerPhase, most: PerPhase
) -> None:
    charger = Charger(id="garage", circuit="main", wiring=wiring, maximum=16.0)
    assert cars_draw([charger], {"garage": reading}) == (least, most)


def test_cars_on_one_phase_add_up() -> None:
    chargers = [Charger(id=name, circuit="main", wiring=(L2,), maximum=16.0) for name in "ab"]
    readings = {name: Read(current=(8,), limit=8, online=True, session=CHARGES) for name in "ab"}
    assert cars_draw(chargers, readings) == ((0, 16, 0), (0, 16, 0))
