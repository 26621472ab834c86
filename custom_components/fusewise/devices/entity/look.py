"""Looks at the entities of one device for what would be a charger's limit, switch, status and measurements."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
import re

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import ElectricCurrentConverter, PowerConverter

from .levels import levels_of
from .phases import phases_of
from .roles import Phases, Switch
from .statuses import status_of
from .vocabulary import (
    CHARGES,
    INVERTED,
    MEASURED,
    NOT_COUNTED,
    NOT_MODE,
    NOT_OWN,
    NOT_PLUGGED,
    NOT_SET,
    NOT_STATUS,
    NOT_SWITCHED,
    NOW,
    OFF,
    ON,
    PHASES,
    PLUGGED,
    SET,
    SINGLE_PHASE,
    STATUS,
    SWITCHED,
)
from .words import measures, named_phase, numbered_phase, of_any_phase, plain, words_of

__all__ = ["Look", "energy_of", "joined", "switch_of"]

CURRENT_WORD = re.compile(
    r"curr|amp|strom|stroom|courant|corrent|corriente|(?<![a-z])prad|(?<![a-z])proud|virta"
)

PLAIN = re.compile("switch|connector|socket|outlet")

type Rank = Callable[[er.RegistryEntry, str], float | None]
"""How well an entity, and its words, fit a role; None: not at all."""


def energy_of(entries: Iterable[er.RegistryEntry]) -> str | None:
    """What counts the energy that a charger gives, for ever rather than for one session."""

    def fits(entry: er.RegistryEntry, words: str) -> float | None:
        if not measures(entry, SensorDeviceClass.ENERGY):
            return None
        if NOT_OWN.search(words) or NOT_COUNTED.search(words) or named_phase(words) is not None:
            return None
        return 2.0 * bool(re.search(r"total|lifetime|import|gesamt|totaal", words)) + (
            "session" in words
        )

    return _best([(entry, words_of(entry)) for entry in entries], fits)


def switch_of(hass: HomeAssistant, entity: str, *, inverted: bool = False) -> Switch | None:
    """How an entity switches charging; None where that cannot be told from its options."""
    if not entity.startswith(("select.", "input_select.")):
        on, off = ("unlocked", "locked") if entity.startswith("lock.") else ("on", "off")
        return Switch(entity=entity, on=off if inverted else on, off=on if inverted else off)
    state = hass.states.get(entity)
    options = [str(option) for option in (state.attributes.get("options") or ())] if state else []
    words = {joined(option): option for option in options}
    on_option = next((words[word] for word in ON if word in words), None)
    off_option = next((words[word] for word in OFF if word in words), None)
    if on_option is None or off_option is None:
        return None
    return Switch(entity=entity, on=on_option, off=off_option)


class Look:
    """A look at the entities of one device."""

    def __init__(
        self, hass: HomeAssistant, entries: Sequence[er.RegistryEntry], called: str
    ) -> None:
        """`called`: what all of it is called, which says nothing of any one of its entities."""
        self._hass = hass
        common = _common([entry.unique_id for entry in entries])
        self._entries = [(entry, _own(words_of(entry), common, called)) for entry in entries]

    def controls(self) -> Iterator[er.RegistryEntry]:
        """What may be a limit or a switch."""
        for entry, words in self._entries:
            if self._limits(entry, words) is not None or self._switches(entry, words):
                yield entry

    def limit(self) -> str | None:
        """What sets how much it may draw."""
        return _best(self._entries, self._limits)

    def _limits(self, entry: er.RegistryEntry, words: str) -> float | None:
        if NOT_SET.search(words) or not SET.search(words):
            return None
        is_current = CURRENT_WORD.search(words) is not None
        named = 2.0 * bool(CHARGES.search(words)) + is_current + ("max" in words) / 2
        # What is set from time to time rather than once for all.
        named += bool(NOW.search(words))
        if entry.domain == Platform.SELECT:
            return named if levels_of(self._hass.states.get(entry.entity_id)) else None
        if entry.domain != Platform.NUMBER:
            return None
        state = self._hass.states.get(entry.entity_id)
        shown = state and state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        unit, kind = shown or entry.unit_of_measurement, _kind(entry)
        if unit in ElectricCurrentConverter.VALID_UNITS or (unit is None and kind == "current"):
            return 10.0 + named
        if unit in PowerConverter.VALID_UNITS:
            return 5.0 + named
        return named if unit is None and is_current else None

    def switch(self, *, has_limit: bool) -> Switch | None:
        """What lets the car charge, and pauses it."""

        def fits(entry: er.RegistryEntry, words: str) -> float | None:
            fit = self._switches(entry, words)
            # Where there is a limit, a switch that does not say so may switch anything.
            if fit == 0.0 and has_limit and not PLAIN.search(words) and words.strip("_- "):
                return None
            return fit

        entity = _best(self._entries, fits)
        if entity is not None:
            [words] = [words for entry, words in self._entries if entry.entity_id == entity]
            return switch_of(self._hass, entity, inverted=bool(INVERTED.search(words)))
        selects = (
            entry.entity_id
            for entry, words in self._entries
            if entry.domain == Platform.SELECT and not NOT_MODE.search(words)
        )
        found = (switch_of(self._hass, select) for select in selects)
        return next((switch for switch in found if switch is not None), None)

    def _switches(self, entry: er.RegistryEntry, words: str) -> float | None:
        if entry.domain != Platform.SWITCH or NOT_SWITCHED.search(words):
            return None
        return 1.0 + bool(CHARGES.search(words)) if SWITCHED.search(words) else 0.0

    def phases(self) -> Phases | None:
        """What sets whether it charges on one phase or on all."""
        for entry, words in self._entries:
            if not PHASES.search(words):
                continue
            is_switch = entry.domain == Platform.SWITCH and SINGLE_PHASE.search(words)
            if is_switch or (entry.domain == Platform.SELECT and not self._limits(entry, words)):
                phases = phases_of(self._hass, entry.entity_id)
                if phases is not None:
                    return phases
        return None

    def status(self) -> str | None:
        """What tells whether a car is there."""
        return _best(self._entries, self._tells_status)

    def _tells_status(self, entry: er.RegistryEntry, words: str) -> float | None:
        if entry.domain == Platform.BINARY_SENSOR:
            if NOT_PLUGGED.search(words):
                return None
            if _kind(entry) == BinarySensorDeviceClass.PLUG:
                return 3.0
            return 2.0 if PLUGGED.search(words) else None
        if entry.domain != Platform.SENSOR or NOT_STATUS.search(words):
            return None
        if entry.unit_of_measurement is not None:
            return None
        if _kind(entry) not in (None, SensorDeviceClass.ENUM):
            return None
        understood = status_of(self._hass.states.get(entry.entity_id), {}) is not None
        if not STATUS.search(words) and not (understood and CHARGES.search(words)):
            return None
        is_status = re.search(r"status|state|zustand|toestand|etat|tilstand|estado|stato", words)
        return 4.0 * understood + bool(CHARGES.search(words)) + bool(is_status)

    def currents(self) -> tuple[str, ...]:
        """What the car draws: on each conductor, or as one figure for all."""
        named, whole = self._phases(SensorDeviceClass.CURRENT)
        if named:
            return named
        if whole:
            return (min(whole, key=_likeness).entity_id,)
        by_power, _ = self._phases(SensorDeviceClass.POWER)
        return by_power if len(by_power) > 1 else ()

    def _phases(
        self, kind: SensorDeviceClass
    ) -> tuple[tuple[str, ...], Sequence[er.RegistryEntry]]:
        """What measures each conductor, and what no single one."""
        named: dict[int, er.RegistryEntry] = {}
        numbered: dict[int, er.RegistryEntry] = {}
        whole: list[er.RegistryEntry] = []
        for entry, words in self._entries:
            if not measures(entry, kind) or MEASURED.search(words) or NOT_OWN.search(words):
                continue
            if (phase := named_phase(words)) is not None:
                named.setdefault(phase, entry)
            elif (number := numbered_phase(words)) is not None:
                numbered.setdefault(number, entry)
            else:
                whole.append(entry)
        if len(numbered) == 1:
            whole += numbered.values()  # the number is not that of a phase
        if named.keys() == {1, 2}:
            called = {of_any_phase(words_of(entry)) for entry in named.values()}
            first = [entry for entry in whole if words_of(entry) in called]
            named |= dict(enumerate(first[:1]))
        phases = named or (numbered if len(numbered) == 3 else {})
        if 0 not in phases or len(phases) == 2:
            return (), whole
        return tuple(phases[number].entity_id for number in sorted(phases)), whole

    def power(self) -> str | None:
        """What the car draws, in all."""
        by_phase, whole = self._phases(SensorDeviceClass.POWER)
        in_all = {entry.entity_id for entry in whole}.difference(by_phase)

        def fits(entry: er.RegistryEntry, words: str) -> float | None:
            if entry.entity_id not in in_all:
                return None
            return float(bool(CHARGES.search(words))) + ("total" in words)

        return _best(self._entries, fits)

    def presence(self) -> str | None:
        """Where it is, if it is a vehicle."""
        trackers = (it.entity_id for it, _ in self._entries if it.domain == Platform.DEVICE_TRACKER)
        return next(trackers, None)


def _likeness(entry: er.RegistryEntry) -> tuple[bool, int]:
    """What says that it is of charging, then what has the shortest name, is the plainest."""
    return not CHARGES.search(words_of(entry)), len(entry.unique_id)


def _kind(entry: er.RegistryEntry) -> str | None:
    return entry.device_class or entry.original_device_class


def _common(unique_ids: Sequence[str]) -> str:
    """What all these begin with, up to the end of a word: house_evse_ of house_evse_current and its like."""
    if len(unique_ids) < 3:
        return ""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*unique_ids, strict=False))
    shared = plain("".join(letters[0] for letters in alike))
    end = max(shared.rfind(mark) for mark in "_-. :/")
    return shared[: end + 1]


def _own(words: str, common: str, called: str) -> str:
    """What the words say of one entity, without what they say of all."""
    words = words.removeprefix(common)
    return words.replace(f" {called.replace('_', '_ ')}_ ", " ") if called else words


def joined(text: str) -> str:
    """Its words with one line between two of them."""
    return re.sub(r"[^a-z0-9]+", "_", plain(text)).strip("_")


def _best(entries: Iterable[tuple[er.RegistryEntry, str]], rank: Rank) -> str | None:
    ranked = [
        (value, entry) for entry, words in entries if (value := rank(entry, words)) is not None
    ]
    # Of several that fit alike, the one with the shortest name is the plainest.
    best = min(ranked, key=lambda one: (-one[0], len(one[1].unique_id)), default=None)
    return None if best is None else best[1].entity_id
