"""What a charger measures, in every form that chargers send it, as amperes on its own conductors.

Some tell currents and some only powers; per phase ('L1', 'L1-N') or in total; in W or kW; one sample in a
message or many. What is not a number, negative, or out of the possible counts as missing.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import math
from typing import Any

from .clock import parse
from .shapes import list_of, number_of

CURRENT = "Current.Import"
POWER = "Power.Active.Import"
VOLTAGE = "Voltage"
ENERGY = "Energy.Active.Import.Register"

UNITS = {
    CURRENT: {"A": 1.0, "mA": 1e-3},
    POWER: {"W": 1.0, "kW": 1e3},
    VOLTAGE: {"V": 1.0},
    ENERGY: {"Wh": 1.0, "kWh": 1e3},
}
# Chargers differ in capitals.
NAMES = {measurand.lower(): measurand for measurand in UNITS}
SCALES = {
    measurand: {unit.lower(): scale for unit, scale in units.items()}
    for measurand, units in UNITS.items()
}
DEFAULT_UNIT = {CURRENT: "A", POWER: "W", VOLTAGE: "V", ENERGY: "Wh"}

# (least, most) that is possible at one charging point; the least lets a meter's noise around zero through.
POSSIBLE = {
    CURRENT: (-0.5, 500.0),
    POWER: (-100.0, 350_000.0),
    VOLTAGE: (0.0, 1000.0),
    ENERGY: (0.0, 1e10),
}

CONDUCTORS = {"L1": 0, "L1-N": 0, "L2": 1, "L2-N": 1, "L3": 2, "L3-N": 2}
LINE_TO_LINE = ("L1-L2", "L2-L3", "L3-L1")
ELSEWHERE = ("body", "cable", "ev")  # locations that do not measure what the charger draws

# moments that are read of one message, the newest; chargers send one or a few. More would hold the event loop.
MOST = 500

ROOT_3 = math.sqrt(3)

type Place = int | str
"""A conductor's index; or 'total', 'line' (between two of them)."""
TOTAL, LINE = "total", "line"

type Values = dict[tuple[str, Place], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """How a charger is connected, as far as its measurements need it."""

    conductors: int
    line_to_line: bool
    voltage: float
    """V, nominal: to neutral, or between the two conductors of a line-to-line charger."""

    @property
    def watts_per_ampere(self) -> float:
        """Power of the whole charger at 1 A on each conductor."""
        return self.voltage * (1 if self.line_to_line else self.conductors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a charger drew at one moment."""

    current: tuple[float, ...]
    """A on each of its conductors, in its own order."""
    stamp: float | None
    """In the charger's own time; None: it said nothing readable."""
    is_sum: bool = False
    """The charger has told a sum only, which was spread evenly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What a charger's energy meter showed at one moment."""

    energy: float
    """Wh, of all its conductors together."""
    stamp: float | None
    """In the charger's own time; None: it said nothing readable."""


class MeterValues:
    """The samples of one MeterValues message, and what was refused in it."""

    def __init__(self, meter_value: object, wiring: Wiring) -> None:
        self.refused: list[str] = []
        self._wiring = wiring
        # Some chargers send one value in each element: those of one moment belong together.
        moments: defaultdict[object, Values] = defaultdict(dict)
        elements = list_of(meter_value)
        if len(elements) > MOST:
            self.refused.append(f"{len(elements)} moments in one message; the last {MOST} count")
        for element in elements[-MOST:]:
            if isinstance(element, Mapping):
                stamp = element.get("timestamp")
                key = stamp if isinstance(stamp, str) else None
                for place, value in self._values(element.get("sampledValue")):
                    moments[key].setdefault(place, value)
        self.samples = [
            Sample(current=current, stamp=parse(stamp), is_sum=_is_sum(values))
            for stamp, values in moments.items()
            if (current := currents(values, wiring)) is not None
        ]
        self.registers = [
            Register(energy=energy, stamp=parse(stamp))
            for stamp, values in moments.items()
            if (energy := _energy(values)) is not None
        ]

    def _values(self, sampled: object) -> Iterator[tuple[tuple[str, Place], float]]:
        for value in list_of(sampled):
            if not isinstance(value, Mapping):
                continue
            # The standard's default.
            measurand = NAMES.get(str(value.get("measurand") or ENERGY).lower())
            if measurand is None or str(value.get("location")).lower() in ELSEWHERE:
                continue
            if value.get("format") == "SignedData":
                continue
            place = _place(value.get("phase"))
            number = _number(measurand, value)
            if number is None:
                self.refused.append(f"{measurand} {value.get('value')!a} {value.get('unit')!a}")
            elif place is not None:
                yield (measurand, place), number


def currents(values: Values, wiring: Wiring) -> tuple[float, ...] | None:
    """Return A on each conductor; None where neither current nor power tells.

    A conductor that is not named while others are carries nothing: chargers leave out unused phases.
    """
    if wiring.line_to_line or wiring.conductors == 1:
        current = _one_current(values, wiring)
        return None if current is None else (current,) * wiring.conductors
    each = [_conductor(values, k, wiring) for k in range(wiring.conductors)]
    if any(current is not None for current in each):
        return tuple(current or 0.0 for current in each)
    total = _total(values, wiring)
    return None if total is None else (total / wiring.conductors,) * wiring.conductors


def _is_sum(values: Values) -> bool:
    return not any(what in (CURRENT, POWER) and place != TOTAL for what, place in values)


def _one_current(values: Values, wiring: Wiring) -> float | None:
    """Return what flows where only one current can: whatever the charger calls that phase."""
    found = [a for (what, place), a in values.items() if what == CURRENT and place != TOTAL]
    if found:
        return max(found)
    if (current := values.get((CURRENT, TOTAL))) is not None:
        return current
    powers = [w for (what, place), w in values.items() if what == POWER and place != TOTAL]
    power = values.get((POWER, TOTAL), sum(powers) if powers else None)
    if power is None:
        return None
    volts = [v for (what, _), v in values.items() if what == VOLTAGE]
    return power / _plausible(max(volts, default=None), wiring.voltage)


def _energy(values: Values) -> float | None:
    """Return Wh of all conductors; some chargers count each of them, and not the total."""
    if (total := values.get((ENERGY, TOTAL))) is not None:
        return total
    each = [value for (what, place), value in values.items() if what == ENERGY and place != LINE]
    return sum(each) if each else None


def _conductor(values: Values, k: int, wiring: Wiring) -> float | None:
    if (current := values.get((CURRENT, k))) is not None:
        return current
    if (power := values.get((POWER, k))) is None:
        return None
    return power / _voltage(values, k, wiring)


def _total(values: Values, wiring: Wiring) -> float | None:
    """Return the sum over the conductors, from totals.

    A current without a phase is the sum, says the standard; some send that of each phase. The power beside
    it tells; without it the sum is taken, because counting a car with less than it draws is safe.
    """
    current, power = values.get((CURRENT, TOTAL)), values.get((POWER, TOTAL))
    by_power = None if power is None else power / _voltage(values, TOTAL, wiring)
    if current is None or by_power is None:
        return by_power if current is None else current
    of_each = current * wiring.conductors
    return of_each if abs(of_each - by_power) < abs(current - by_power) else current


def _voltage(values: Values, place: Place, wiring: Wiring) -> float:
    for at in (place, TOTAL, 0):
        if (measured := values.get((VOLTAGE, at))) is not None:
            return _plausible(measured, wiring.voltage)
    if (line := values.get((VOLTAGE, LINE))) is not None:
        return _plausible(line / ROOT_3, wiring.voltage)
    return wiring.voltage


def _plausible(measured: float | None, nominal: float) -> float:
    """Return the measured voltage, or the nominal one: chargers report 0 V, or the line voltage."""
    if measured is not None and 0.8 * nominal <= measured <= 1.2 * nominal:
        return measured
    return nominal


def _place(phase: object) -> Place | None:
    """Return what a phase means; None for the neutral and what is not known."""
    if phase is None or phase == "":
        return TOTAL
    if not isinstance(phase, str):
        return None
    phase = phase.strip().upper()
    return CONDUCTORS.get(phase, LINE if phase in LINE_TO_LINE else None)


def _number(measurand: str, value: Mapping[str, Any]) -> float | None:
    """Return the value in A, W, V or Wh; None where it is none that can be."""
    unit = value.get("unit") or DEFAULT_UNIT[measurand]
    scale, number = SCALES[measurand].get(str(unit).lower()), number_of(value.get("value"))
    if scale is None or number is None:
        return None
    least, most = POSSIBLE[measurand]
    return max(number * scale, 0.0) if least <= number * scale <= most else None
