"""What people want of a charger, laid over what its session says."""

from dataclasses import dataclass, replace

from .balancing.model import ChargerReading, Mode, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What people want of a charger now."""

    mode: Mode = Mode.FAIR
    boost: bool = False
    departure: float | None = None
    energy_kwh: float | None = None
    """Still to be charged; 0: it has what was wanted, and its session is over."""
    maximum: float | None = None
    """A."""
    maximum_price: float | None = None
    """Per kWh; above it the car waits."""
    priority: int | None = None
    """None: as the charger is set up."""


def with_wish(reading: ChargerReading, wish: Wish) -> ChargerReading:
    """The reading with what people want of its session."""
    session = reading.session
    if session is None:
        return reading
    wished: Session = replace(
        session,
        mode=wish.mode,
        boost=wish.boost,
        departure=wish.departure if wish.departure is not None else session.departure,
        energy_needed_kwh=(
            wish.energy_kwh if wish.energy_kwh is not None else session.energy_needed_kwh
        ),
        maximum=wish.maximum if wish.maximum is not None else session.maximum,
        maximum_price=(
            wish.maximum_price if wish.maximum_price is not None else session.maximum_price
        ),
        # Whoever has what was wanted is done, however long that took.
        longest=0.0 if wish.energy_kwh == 0 else session.longest,
    )
    return replace(reading, session=wished)
