"""The words in which integrations call their entities, in English and in the languages of most homes that have a wallbox."""

import re
import unicodedata

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import Platform
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import (
    ElectricCurrentConverter,
    ElectricPotentialConverter,
    EnergyConverter,
    PowerConverter,
    TemperatureConverter,
)

__all__ = [
    "GAP",
    "UNITS",
    "kind_of",
    "measures",
    "named_phase",
    "numbered_phase",
    "of_any_phase",
    "plain",
    "words_of",
]

# Between two words of a name; a name may have a space where an id has none.
GAP = r"[_\-. ]*"
PHASE = re.compile(
    rf"(?<![a-z0-9])(?:l_?|(?:phasen?|fase|faza|faze|fazis|vaihe|ph|line|leg){GAP}l?{GAP}|be_?)([123])(?![0-9])"
)
LETTER = re.compile(
    rf"(?<![a-z0-9])(?:(?:phase|fase|faza|line|leg|mains?){GAP}([abcrst])(?![a-z0-9])"
    r"|([abcrst])[_\- ]phase(?![a-z])"
    r"|([abc])_(?:act_power|active_power|power|current|voltage|a|v|w)(?![a-z]))"
    rf"|(?:current|power|voltage){GAP}([abc])n?(?![a-z0-9])"
)
NAMED = re.compile(rf"{GAP}(?:phase|fase|line|leg){GAP}[a-c1-3](?![a-z0-9])")
INDEX = re.compile(r"(?<![a-z0-9])emeter_([012])(?![0-9])")  # Shelly's first generation
NUMBERED = re.compile(
    r"(?:(?<![a-z0-9])[iu]|current|amps?|amperes?|power|voltage|strom|spannung|leistung|stroom|spanning|vermogen|courant|puissance"
    rf"|tension|corriente|potencia|corrente|potenza|effekt){GAP}([123])(?![a-z0-9.])"
)

# What Unicode does not take apart into a letter and its mark.
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d", "œ": "oe"})


UNITS = {
    SensorDeviceClass.CURRENT: ElectricCurrentConverter.VALID_UNITS,
    SensorDeviceClass.POWER: PowerConverter.VALID_UNITS,
    SensorDeviceClass.VOLTAGE: ElectricPotentialConverter.VALID_UNITS,
    SensorDeviceClass.ENERGY: EnergyConverter.VALID_UNITS,
    SensorDeviceClass.TEMPERATURE: TemperatureConverter.VALID_UNITS,
}


def kind_of(device_class: str | None, unit: str | None) -> str | None:
    """What a sensor measures; one that does not say so tells it by its unit."""
    return device_class or next(
        (kind for kind, units in UNITS.items() if unit is not None and unit in units), None
    )


def measures(entry: er.RegistryEntry, kind: SensorDeviceClass) -> bool:
    """Whether it is a sensor of this kind."""
    shown = entry.device_class or entry.original_device_class
    return entry.domain == Platform.SENSOR and kind_of(shown, entry.unit_of_measurement) == kind


def plain(text: str) -> str:
    """Small letters without marks: Ladesäule → ladesaule."""
    apart = unicodedata.normalize("NFKD", text.lower().translate(LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(entry: er.RegistryEntry) -> str:
    """What an integration calls an entity; not what its owner does."""
    named = f"{entry.unique_id} {entry.translation_key or ''} {entry.original_name or ''}"
    # voltagePhase1 → voltage_phase1
    return plain(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", named)).replace(" ", "_ ")


def named_phase(words: str) -> int | None:
    """The phase, from 0, that a name says it is of."""
    if (found := PHASE.search(words)) is not None:
        return int(found[1]) - 1
    if (lettered := LETTER.search(words)) is not None:
        letter = next(filter(None, lettered.groups()))
        return ("abc" if letter in "abc" else "rst").index(letter)
    indexed = INDEX.search(words)
    return None if indexed is None else int(indexed[1])


def of_any_phase(words: str) -> str:
    """A name without its phase: Zigbee calls the first one power, and the others power_phase_b and _c."""
    return NAMED.sub("", words)


def numbered_phase(words: str) -> int | None:
    """The phase, from 0, that a bare number may mean: current_1. It may mean anything else as well."""
    found = NUMBERED.search(words)
    return None if found is None else int(found[1]) - 1
