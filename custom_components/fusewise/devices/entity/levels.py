"""The options of a select that sets how much a charger may draw: '16 A', '7.4 kW', '3-phase 16A', 'off'."""

import re

from homeassistant.core import State

from .vocabulary import OFF
from .words import plain

__all__ = ["SELECTS", "level_of", "levels_of", "phases_of_option"]

FIGURE = r"(\d+(?:[.,]\d+)?)[\s_]*"
AMPERES = r"(m?)a(?:mps?|mperes?)?(?![a-z])"
LEVEL = re.compile(
    rf"^\s*(?:(?:current|amps?)[\s_]+)?{FIGURE}(?:{AMPERES}|(k?)w)?\s*$", re.IGNORECASE
)
AMONG_WORDS = re.compile(rf"(?<![\d.,]){FIGURE}{AMPERES}", re.IGNORECASE)
OF_PHASES = re.compile(
    r"(?<![a-z0-9.,])(?:([123])[\s_-]*(?:p(?![a-z])|ph|fas|faz|x(?![a-z])|×)"
    r"|(single|one|mono)[\s_-]*(?:ph|fas)|(?:three|tri)[\s_-]*(?:ph|fas))"
)
SELECTS = ("select", "input_select")


def levels_of(
    state: State | None, volts: float = 230.0, phases: int | None = None
) -> dict[float, str]:
    """The options of a select that are currents, or powers at so many volts: A and the option.

    Beside them, one that says 'off' is 0 A. Of options that are for one phase or for several, those for so many
    `phases`; for the most, where that is not known: it is what counts.
    """
    options = () if state is None else state.attributes.get("options") or ()
    found = {str(option): _level(str(option), volts) for option in options}
    numbers = {number for option in found if (number := phases_of_option(option)) is not None}
    if len(numbers) > 1:
        wanted = phases if phases in numbers else max(numbers)
        found = {
            option: amps
            for option, amps in found.items()
            if phases_of_option(option) in (None, wanted)
        }
    levels = {amps: option for option, amps in found.items() if amps is not None}
    off = next((option for option in found if _is_off(option)), None)
    if levels and off is not None:
        levels.setdefault(0.0, off)
    return levels


def phases_of_option(option: str) -> int | None:
    """For how many phases an option is: '3-phase 16A', '1 x 16 A'; None where it does not say."""
    found = OF_PHASES.search(plain(option))
    if found is None:
        return None
    return int(found[1]) if found[1] else 1 if found[2] else 3


def level_of(option: str, volts: float) -> float | None:
    """A of an option, 0 of one that says 'off'; None where it is no current."""
    return 0.0 if _is_off(option) else _level(option, volts)


def _level(option: str, volts: float) -> float | None:
    match = LEVEL.match(option)
    if match is None:
        return _level_among_words(option)
    figure = float(match[1].replace(",", "."))
    if match[3] is not None:
        return figure * (1000.0 if match[3] else 1.0) / volts
    return figure / 1000.0 if match[2] else figure


def _level_among_words(option: str) -> float | None:
    """A of an option such as '16 A (11 kW)'; None where it names none, or several."""
    found = AMONG_WORDS.findall(option)
    if len(found) != 1:
        return None
    figure, milli = found[0]
    return float(figure.replace(",", ".")) / (1000.0 if milli else 1.0)


def _is_off(option: str) -> bool:
    return plain(option).strip() in OFF
