"""What the owner of a charger sets: how it is connected, and what it may do alone."""

from dataclasses import dataclass

from .measurands import Wiring
from .ways import Way

SHORTEST_LIFE = 10.0  # s; below it one renewal that is lost lets the charger fall back


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerSettings:
    """How a charger is connected, and what its owner wants it to do alone."""

    conductors: int = 3
    """1 to 3; those of the charger itself, whatever house conductors are behind them."""
    line_to_line: bool = False
    """It has two line conductors and no neutral."""
    voltage: float = 230.0
    """V between its line conductors and neutral; between the two where it is line to line."""
    maximum: float = 32.0
    """A that the charger can deliver on each conductor at most, whatever it is told."""
    fallback: float = 6.0
    """A that it lets through by itself when it hears nothing from us."""
    way: Way | None = None
    """How it is told its limits; None: that is found out."""
    unit: str | None = None
    """A or W: what limits are told in; None: that is found out."""
    life: float = 30.0
    """s until a live limit that is not renewed ends."""
    cards: frozenset[str] | None = None
    """Whose cards may charge, in their plain form; None: all."""
    is_free: bool = False
    """No card is needed: a car that is plugged in is started."""
    step: float | None = None
    """A that its limits are multiples of: 0.1 or 1; None: that is found out."""
    pauses: bool | None = None
    """Whether a limit of 0 stops its car; else its session is ended. None: that is found out."""
    spacing: float = 0.0
    """s between a limit and a higher one; 0: that is found out."""
    sample_interval: int = 5
    """s between its measurements; some chargers want 30."""

    def __post_init__(self) -> None:
        if self.conductors not in (1, 2, 3) or (self.line_to_line and self.conductors != 2):
            raise ValueError("A charger has 1 to 3 conductors, and 2 where it is line to line")
        if not 50.0 <= self.voltage <= 500.0:
            raise ValueError(f"A voltage of {self.voltage} V is not possible")
        if not 0.0 <= self.fallback <= 500.0:
            raise ValueError(f"A fall-back of {self.fallback} A is not possible")
        if self.unit not in (None, "A", "W"):
            raise ValueError(f"{self.unit} is no unit of a limit: A or W")
        if not 0.0 < self.maximum <= 500.0:
            raise ValueError(f"A maximum of {self.maximum} A is not possible")
        if not SHORTEST_LIFE <= self.life <= 3600.0:
            raise ValueError(f"A limit lives for {SHORTEST_LIFE:g} to 3600 s, not {self.life} s")
        if self.step not in (None, 0.1, 1.0):
            raise ValueError(f"A step of {self.step} A is not possible: 0.1 or 1")
        if not 0.0 <= self.spacing <= 10.0:
            raise ValueError(f"Limits are told up to 10 s apart, not {self.spacing} s")
        if self.sample_interval < 1:
            raise ValueError("A charger measures every second at most")

    @property
    def wiring(self) -> Wiring:
        """Return what measurements and watts need of it."""
        return Wiring(
            conductors=self.conductors, line_to_line=self.line_to_line, voltage=self.voltage
        )
