"""What a site may be: every figure that cannot be is named, with the circuit, charger or setting that has it."""

from dataclasses import fields
import math

from .errors import SiteError
from .model import PHASES, Charger, Circuit, DemandWindow, PerPhase, Phase, Site
from .steps import round_up

__all__ = ["POSSIBLE_RATING", "check_charger", "check_circuit", "check_site"]

POSSIBLE_RATING = 10_000.0  # A; a larger figure is a slip of the keyboard, not a fuse
SMALLEST_STEP = 1e-6  # A: what balancing takes for the same current


def check_circuit(circuit: Circuit) -> None:
    """Raises SiteError where a figure of the circuit cannot be."""
    name = f"circuit {circuit.id!r}"
    _check_per_phase(f"{name}: rating", circuit.rating)
    if not any(circuit.rating):
        raise SiteError(f"{name}: rating is 0 A on every phase; give what the fuse is marked with")
    if not 0 < circuit.usable_share <= 1:
        raise SiteError(
            f"{name}: usable share {circuit.usable_share!r} is not above 0 and at most 1"
        )
    for what, figures in (
        ("other loads", circuit.other_loads),
        ("house allowance", circuit.house_allowance),
    ):
        if figures is not None:
            _check_per_phase(f"{name}: {what}", figures)
    for what, figure in (
        ("limit", circuit.limit_watts),
        ("busbar rating", circuit.busbar),
        ("unbalance", circuit.unbalance),
    ):
        if figure is not None and not 0 <= figure < math.inf:
            raise SiteError(f"{name}: {what} {figure!r} is not a figure of 0 or more")
    if circuit.demand is not None:
        _check_demand(name, circuit.demand)
    _check_thermal(name, circuit)


def _check_thermal(name: str, circuit: Circuit) -> None:
    breaker, derating = circuit.breaker, circuit.derating
    if breaker is not None and not 0 < breaker.time_constant < math.inf:
        raise SiteError(
            f"{name}: the breaker's time constant {breaker.time_constant!r} s is not above 0"
        )
    if breaker is not None and not 1 < breaker.trips_at < math.inf:
        raise SiteError(f"{name}: the breaker trips at {breaker.trips_at!r}, which is not above 1")
    if derating is not None and not -math.inf < derating.starts_at < derating.stops_at < math.inf:
        raise SiteError(f"{name}: derating must end at a higher temperature than it starts at")
    if circuit.transformer is not None:
        for field in fields(circuit.transformer):
            figure = getattr(circuit.transformer, field.name)
            if not 0 < figure < math.inf:
                raise SiteError(f"{name}: the transformer's {field.name} {figure!r} is not above 0")


def _check_demand(name: str, demand: DemandWindow) -> None:
    if demand.minutes not in (15, 30, 60):
        raise SiteError(f"{name}: a demand window has 15, 30 or 60 minutes, not {demand.minutes!r}")
    if not 0 <= demand.target_watts < math.inf:
        raise SiteError(
            f"{name}: peak target {demand.target_watts!r} W is not a figure of 0 or more"
        )


def check_charger(charger: Charger, chain: list[Circuit]) -> None:
    """Raises SiteError where the charger does not go together with itself or with the circuits that feed it."""
    name = f"charger {charger.id!r}"
    phases = {phase for phase in charger.wiring if isinstance(phase, Phase)}
    if not phases or len(phases) != len(charger.wiring):
        raise SiteError(f"{name}: wiring must name one to three different phases")
    for circuit in chain:
        for phase in charger.wiring:
            if not circuit.rating[phase]:
                raise SiteError(
                    f"{name} is wired to {phase.name}, which circuit {circuit.id!r} does not have"
                )
    if charger.line_to_line and len(charger.wiring) != 2:
        raise SiteError(f"{name}: line to line needs exactly two phases")
    if not 0 < charger.floor <= charger.maximum < POSSIBLE_RATING:
        raise SiteError(
            f"{name}: floor {charger.floor!r} A and maximum {charger.maximum!r} A do not go together"
        )
    _check_setpoints(charger, name)
    if not 0 < charger.weight < math.inf:
        raise SiteError(f"{name}: weight {charger.weight!r} is not above 0")
    if not 0 <= charger.fallback <= charger.maximum:
        raise SiteError(
            f"{name}: fall-back {charger.fallback!r} A is not between 0 A and its maximum"
        )
    _check_phases(charger, name)
    if not 0 <= charger.slow_to_obey < math.inf:
        raise SiteError(f"{name}: slow_to_obey {charger.slow_to_obey!r} s is not a time")


def _check_phases(charger: Charger, name: str) -> None:
    """What it may use when it charges on one phase of several."""
    if charger.switches_phases and (len(charger.wiring) < 2 or charger.line_to_line):
        raise SiteError(
            f"{name}: only with two or three phases, each against neutral, can it switch to one"
        )
    if charger.one_phase is not None and charger.one_phase not in charger.wiring:
        raise SiteError(
            f"{name}: one_phase {charger.one_phase.name} is none of the phases that it is wired to"
        )
    if not 0 <= charger.switch_pause < math.inf:
        raise SiteError(f"{name}: switch_pause {charger.switch_pause!r} s is not a time")


def _check_setpoints(charger: Charger, name: str) -> None:
    if not SMALLEST_STEP <= charger.step < POSSIBLE_RATING:
        raise SiteError(
            f"{name}: step {charger.step!r} A is not between {SMALLEST_STEP:g} A and what a charger may carry"
        )
    if any(not 0 < level < POSSIBLE_RATING for level in charger.levels):
        raise SiteError(f"{name}: levels {charger.levels!r} must be above 0 A")
    if not charger.floor <= round_up(charger, charger.floor) <= charger.maximum:
        what = "level" if charger.levels else f"multiple of its step {charger.step!r} A"
        raise SiteError(
            f"{name}: no {what} lies between its floor {charger.floor!r} A and its maximum {charger.maximum!r} A"
        )


def check_site(site: Site) -> None:
    """Raises SiteError where a voltage, a setting or a meter's place cannot be."""
    _check_meters(site)
    _check_voltage("voltage", site.voltage)
    _check_voltage("line_voltage", site.line_voltage)
    settings = site.settings
    for what in ("turn_time", "rise_rate"):
        if not getattr(settings, what) > 0:
            raise SiteError(f"settings: {what} {getattr(settings, what)!r} is not above 0")
    for what in (
        "running_bonus",
        "patience",
        "hold",
        "rise_spacing",
        "dead_band",
        "smoothing",
        "minimum_on",
        "minimum_off",
        "phases_down_after",
        "phases_up_after",
        "phase_spacing",
        "phase_switches_per_day",
        "boosts_per_week",
        "safe_grid_watts",
    ):
        figure = getattr(settings, what)
        if figure is not None and not figure >= 0:
            raise SiteError(f"settings: {what} {figure!r} is not 0 or more")
    if not 0 <= settings.battery_reserve <= 100:
        raise SiteError(
            f"settings: battery_reserve {settings.battery_reserve!r} % is not between 0 and 100"
        )


def _check_meters(site: Site) -> None:
    measures: dict[str, str] = {}
    for circuit in site.circuits:
        if circuit.meter is None:
            continue
        if circuit.meter in measures:
            raise SiteError(
                f"circuit {circuit.id!r}: meter {circuit.meter!r} is in circuit"
                f" {measures[circuit.meter]!r} already; give each meter to one"
            )
        measures[circuit.meter] = circuit.id


def _check_voltage(what: str, volts: float) -> None:
    if not 50 <= volts <= 1000:
        raise SiteError(f"{what} {volts!r} V is out of the possible (50 to 1000 V)")


def _check_per_phase(what: str, figures: PerPhase) -> None:
    if len(figures) != PHASES:
        raise SiteError(
            f"{what} must give three figures, for L1, L2 and L3 (0 where there is none)"
        )
    for phase, amperes in zip(Phase, figures, strict=True):
        if not 0 <= amperes < POSSIBLE_RATING:
            raise SiteError(
                f"{what}: {amperes!r} A on {phase.name} is not between 0 A and less than"
                f" {POSSIBLE_RATING:g} A"
            )
