"""What the figures are to reach."""

from dataclasses import dataclass
import operator

__all__ = ["TARGETS", "Target"]


@dataclass(frozen=True, slots=True)
class Target:
    """A figure on one side of which the measured one is to be."""

    sign: str
    figure: float

    def reached(self, measured: float) -> bool:
        """Whether it is."""
        compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
        return bool(compare[self.sign](measured, self.figure))

    def verdict(self, measured: float) -> str:
        """In a word."""
        return "reached" if self.reached(measured) else "missed"


TARGETS: dict[str, Target] = {
    "decide.chargers_20.median_ms": Target("<", 1.0),
    "decide.chargers_200.median_ms": Target("<", 5.0),
    "decide.chargers_1000.median_ms": Target("<", 30.0),
    "replay.true_40.fair.of_bound_percent": Target(">=", 98.0),
    "replay.true_40.fair.worst_percent": Target(">=", 44.0),
    "replay.true_63.fair.of_bound_percent": Target(">=", 99.5),
    "replay.declared_63.fair.worst_percent": Target(">=", 75.0),
    **{
        f"replay.{cell}.fair.starts": Target("<=", 1.5)
        for cell in ("true_40", "true_63", "declared_40", "declared_63")
    },
    "control.over_limit_ampere_seconds_per_15min": Target("<", 400.0),
    "control.room_used_percent": Target(">", 90.5),
    "control.reversals_per_min": Target("<", 0.95),
    "surface.rows_per_day": Target("<", 20_000.0),
}
