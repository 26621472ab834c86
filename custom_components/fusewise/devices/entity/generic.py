"""Recognises chargers of integrations that are not known here, by what their entities are called and measure.

What is found so is a suggestion: the dialog shows each entity with its role before anything is saved.
"""

from collections.abc import Callable, Container, Iterable, Mapping
import re

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util.unit_conversion import ElectricCurrentConverter, PowerConverter

from .found import PHASE, words_of
from .knobs import levels_of
from .presets.preset import Preset
from .roles import ChargerEntities, Limit, Switch, Traits
from .statuses import status_of

__all__ = ["energy_of", "guess_charger", "switch_of"]

# Words in what an integration, a device and its entities are called.
CHARGER = re.compile(
    r"(?<![a-z])(?:ev|evse|evcs|evc|car|vehicle|loadpoint)(?![a-z])|charger|wall_?box|wall_?connector"
    r"|charge_?(?:point|amps)|charging_?(?:station|point)|chargepoint|evcharg"
)
SET = re.compile(r"curr|amp|limit|charg|power")
NOT_SET = re.compile(
    r"(?<![a-z])min|fuse|grid|house|home|site|offline|fall_?back|fail_?safe|default|standby|discharg"
    r"|circuit|balanc|solar|surplus|eco(?![a-z])|(?<![a-z])pv|bright|led(?![a-z])|soc|reserve|cable"
    r"|breaker|inverter|battery|energy|time|delay|price"
)
STATUS = re.compile(r"status|state|mode|plug|(?<![a-z])cp(?![a-z])|connect")
NOT_STATUS = re.compile(
    r"wi_?fi|network|firmware|update|error|fault|warn|lock|online|cloud|rssi|session|cost|time|date"
    r"|reason|schedul|ocpp|phase|rfid|auth|led|log|stat[ei]_of|version|battery"
)
PLUGGED = re.compile(r"plug|cable|(?:car|vehicle|ev)_?connected|connected")
NOT_PLUGGED = re.compile(r"lock|cloud|wi_?fi|network|mqtt|online|server|ocpp|broker")
SWITCHED = re.compile(r"charg|enabl|allow|paus|start|stop|activ|contr|on_?off|power|output|relay")
NOT_SWITCHED = re.compile(
    r"lock|led|light|schedul|solar|eco(?![a-z])|auto|random|boost|display|remote|offline|phase|notif"
    r"|rfid|child|guest|sound|sleep|balanc|smart|plug_?and|update|cable|permanent|discharg|fast|price"
    r"|sentry|climate|valet|port|heat"
)
INVERTED = re.compile(r"pause(?!_?resume)|block|suspend|disable|forbid|inhibit")
MEASURED = re.compile(
    r"max|limit|pilot|(?<![a-z])set|offer|(?<![a-z])min|avail|rated|target|neutral|n_current"
)
NOT_OWN = re.compile(
    r"grid|house|home|solar|(?<![a-z])pv|reactive|apparent|factor|meter_value|site"
)

NOT_COUNTED = re.compile(
    r"remain|target|battery|export|return|limit|hour|day|daily|week|month|year|last|previous|saved|price"
)

# A select's options, the likeliest first.
ON = "fast now on normal charge charging start active enabled enable manual max max_charge allowed resume"
OFF = "off stop stopped pause paused disabled disable inactive not_allowed halt"

CLOUD = Traits(obeys_within=60.0, minimum_interval=30.0)
LOCAL = Traits(obeys_within=15.0)

type Entry = er.RegistryEntry
type Rank = Callable[[Entry], float | None]
"""How well an entity fits a role; None: not at all."""


def guess_charger(
    hass: HomeAssistant, device: dr.DeviceEntry, entries: Iterable[Entry], clouds: Container[str]
) -> tuple[Preset, ChargerEntities] | None:
    """What a device would be as a charger; None where it is none. `clouds` are integrations that ask one."""
    entries = list(entries)
    names = " ".join(filter(None, (device.name, device.model, device.manufacturer)))
    platform = entries[0].platform
    called = " ".join(
        [platform, re.sub(r"[^a-z0-9]+", "_", names.lower()), *map(words_of, entries)]
    )
    if not CHARGER.search(called):
        return None
    limit = _best(entries, lambda entry: _limits(hass, entry))
    switch = _switch(hass, entries)
    status = _best(entries, lambda entry: _tells_status(hass, entry))
    currents = _currents(entries)
    power = _best(entries, _measures_power)
    if limit is None and (switch is None or not (status or currents or power)):
        return None  # a switch alone may switch anything
    presence = next((it.entity_id for it in entries if it.domain == Platform.DEVICE_TRACKER), None)
    traits = CLOUD if platform in clouds else LOCAL
    return Preset(integration=platform, source="", traits=traits), ChargerEntities(
        limit=None if limit is None else Limit(entity=limit),
        switch=switch,
        status=status,
        currents=currents,
        power=power,
        energy=energy_of(entries),
        presence=presence,
        traits=traits,
    )


def energy_of(entries: Iterable[Entry]) -> str | None:
    """What counts the energy that a charger gives, for ever rather than for one session."""

    def fits(entry: Entry) -> float | None:
        words, kind = words_of(entry), entry.device_class or entry.original_device_class
        if entry.domain != Platform.SENSOR or kind != SensorDeviceClass.ENERGY:
            return None
        if NOT_OWN.search(words) or NOT_COUNTED.search(words) or PHASE.search(words):
            return None
        return 2.0 * bool(re.search(r"total|lifetime|import", words)) + ("session" in words)

    return _best(entries, fits)


def switch_of(hass: HomeAssistant, entity: str, *, inverted: bool = False) -> Switch | None:
    """How an entity switches charging; None where that cannot be told from its options."""
    if not entity.startswith(("select.", "input_select.")):
        on, off = ("unlocked", "locked") if entity.startswith("lock.") else ("on", "off")
        return Switch(entity=entity, on=off if inverted else on, off=on if inverted else off)
    state = hass.states.get(entity)
    options = [str(option) for option in (state.attributes.get("options") or ())] if state else []
    words = {_plain(option): option for option in options}
    on_option = next((words[word] for word in ON.split() if word in words), None)
    off_option = next((words[word] for word in OFF.split() if word in words), None)
    if on_option is None or off_option is None:
        return None
    return Switch(entity=entity, on=on_option, off=off_option)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _best(entries: Iterable[Entry], rank: Rank) -> str | None:
    ranked = [(value, entry) for entry in entries if (value := rank(entry)) is not None]
    # Of several that fit alike, the one with the shortest name is the plainest.
    best = min(ranked, key=lambda one: (-one[0], len(one[1].unique_id)), default=None)
    return None if best is None else best[1].entity_id


def _limits(hass: HomeAssistant, entry: Entry) -> float | None:
    words = words_of(entry)
    if NOT_SET.search(words) or not SET.search(words):
        return None
    named = 2.0 * ("charg" in words) + ("curr" in words or "amp" in words) + ("max" in words) / 2
    if entry.domain == Platform.SELECT:
        return named if levels_of(hass.states.get(entry.entity_id)) else None
    if entry.domain != Platform.NUMBER:
        return None
    unit = _shown(hass, entry).get("unit_of_measurement") or entry.unit_of_measurement
    kind = entry.device_class or entry.original_device_class
    if unit in ElectricCurrentConverter.VALID_UNITS or (unit is None and kind == "current"):
        return 10.0 + named
    if unit in PowerConverter.VALID_UNITS:
        return 5.0 + named
    return named if unit is None and re.search(r"curr|amp", words) else None


def _switch(hass: HomeAssistant, entries: Iterable[Entry]) -> Switch | None:
    def fits(entry: Entry) -> float | None:
        words = words_of(entry)
        if entry.domain != Platform.SWITCH or NOT_SWITCHED.search(words):
            return None
        return 1.0 + ("charg" in words) if SWITCHED.search(words) else 0.0

    entries = list(entries)
    entity = _best(entries, fits)
    if entity is not None:
        [chosen] = [entry for entry in entries if entry.entity_id == entity]
        return switch_of(hass, entity, inverted=bool(INVERTED.search(words_of(chosen))))
    selects = (entry.entity_id for entry in entries if entry.domain == Platform.SELECT)
    return next((it for select in selects if (it := switch_of(hass, select)) is not None), None)


def _tells_status(hass: HomeAssistant, entry: Entry) -> float | None:
    words, kind = words_of(entry), entry.device_class or entry.original_device_class
    if entry.domain == Platform.BINARY_SENSOR:
        if NOT_PLUGGED.search(words):
            return None
        if kind == BinarySensorDeviceClass.PLUG:
            return 3.0
        return 2.0 if PLUGGED.search(words) else None
    if entry.domain != Platform.SENSOR or NOT_STATUS.search(words) or not STATUS.search(words):
        return None
    if entry.unit_of_measurement is not None or kind not in (None, SensorDeviceClass.ENUM):
        return None
    state = hass.states.get(entry.entity_id)
    understood = status_of(state, {}) is not None
    return 4.0 * understood + ("charg" in words) + ("status" in words or "state" in words)


def _currents(entries: Iterable[Entry]) -> tuple[str, ...]:
    phases: dict[int, Entry] = {}
    whole: list[Entry] = []
    for entry in entries:
        words, kind = words_of(entry), entry.device_class or entry.original_device_class
        if entry.domain != Platform.SENSOR or kind != SensorDeviceClass.CURRENT:
            continue
        if MEASURED.search(words) or NOT_OWN.search(words):
            continue
        if named := PHASE.search(words):
            phases.setdefault(int(named[1]), entry)
        else:
            whole.append(entry)
    if 1 in phases and len(phases) in (1, 3):
        return tuple(phases[number].entity_id for number in sorted(phases))
    best = min(whole, key=lambda entry: len(entry.unique_id), default=None)
    return () if best is None else (best.entity_id,)


def _measures_power(entry: Entry) -> float | None:
    words, kind = words_of(entry), entry.device_class or entry.original_device_class
    if entry.domain != Platform.SENSOR or kind != SensorDeviceClass.POWER:
        return None
    if MEASURED.search(words) or NOT_OWN.search(words) or PHASE.search(words):
        return None
    return float("charg" in words) + ("total" in words)


def _shown(hass: HomeAssistant, entry: Entry) -> Mapping[str, object]:
    state = hass.states.get(entry.entity_id)
    return {} if state is None else state.attributes
