"""Tells, as repairs, what a meter shows and what cannot be right about it, with what to check."""

from collections.abc import Iterable, Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .balancing.codes import FallbackCause, NoticeCode
from .balancing.decision import CircuitState, Notice
from .balancing.model import NOTHING, ChargerReading, Circuit, PerPhase, Phase, Site
from .balancing.topology import topology_of
from .const import DOMAIN, MAIN_CIRCUIT
from .meter import cars_measured
from .meter_watch import MeterWatch

SLOW = 15.0  # s between samples: with less than that the cars are down before a breaker warms
VOLTAGE_SHARE = 0.15  # of the nominal voltage
SURE_AFTER = 60.0  # s: a dip or a wrong telegram is no reason to check anything

ANSWERS = (NoticeCode.METER_REVERSED, NoticeCode.METER_READS_LESS, NoticeCode.METER_SWAPPED)

type Told = Mapping[str, Mapping[str, str]]
"""Placeholders by the key of a text."""


class Plausibility:
    """What cannot be right about the meters of one site."""

    def __init__(self, hass: HomeAssistant, entry_id: str, title: str) -> None:
        """Nothing is known yet."""
        self._hass = hass
        self._entry_id = entry_id
        self._title = title
        self._watches: dict[str, _Watch] = {}
        self._told: dict[str, Mapping[str, str]] = {}

    @callback
    def look(
        self,
        now: float,
        site: Site,
        states: Iterable[CircuitState],
        voltages: Mapping[str, PerPhase],
        readings: Mapping[str, ChargerReading],
        *,
        notices: Iterable[Notice] = (),
        names: Mapping[str, str] | None = None,
        intervals: Mapping[str, float] | None = None,
        sun: PerPhase | None = None,
        battery: float = 0.0,
    ) -> None:
        """Look at what is known now.

        `voltages` are those that meters show, by their circuits, `intervals` the seconds between their samples,
        and `names` what sub-panels are called;
        `battery`: A that it feeds in on each phase at most.
        """
        topology = topology_of(site)
        metered = {circuit.id: circuit for circuit in site.circuits if circuit.meter is not None}
        self._watches = {
            circuit: self._watches.get(circuit) or _Watch(is_main=circuit == MAIN_CIRCUIT)
            for circuit in metered
        }
        wrong: dict[str, Mapping[str, str]] = {}
        for state in states:
            if state.circuit not in metered:
                continue
            behind = topology.below[topology.circuit_index[state.circuit]]
            found = self._watches[state.circuit].look(
                now,
                metered[state.circuit],
                state,
                {
                    **_wrong_voltage(
                        site, metered[state.circuit], voltages.get(state.circuit, NOTHING)
                    ),
                    **_slow((intervals or {}).get(state.circuit, 0.0)),
                },
                cars_measured([topology.site.chargers[number] for number in behind], readings),
                sun,
                battery,
            ) | _how_it_answers(state.circuit, notices)
            is_main = state.circuit == MAIN_CIRCUIT
            where = self._title if is_main else (names or {}).get(state.circuit, state.circuit)
            end = self._entry_id if is_main else f"{self._entry_id}_{state.circuit}"
            wrong |= {
                f"{key}_{end}": {"key": key, "site": where, **it} for key, it in found.items()
            }
        self._tell(wrong)

    @callback
    def forget(self) -> None:
        """Say no more of it: the site is unloaded."""
        self._tell({})

    def _tell(self, wrong: Told) -> None:
        """Report what is new, by the id of the issue, and take back what is over."""
        for issue in self._told.keys() - wrong.keys():
            ir.async_delete_issue(self._hass, DOMAIN, issue)
        for issue, told in wrong.items():
            if issue not in self._told:
                ir.async_create_issue(
                    self._hass,
                    DOMAIN,
                    issue,
                    is_fixable=False,
                    severity=ir.IssueSeverity.WARNING,
                    translation_key=told["key"],
                    translation_placeholders={
                        name: text for name, text in told.items() if name != "key"
                    },
                )
        self._told = {issue: self._told.get(issue, told) for issue, told in wrong.items()}


class _Watch:
    """What cannot be right about the meter of one circuit."""

    def __init__(self, *, is_main: bool) -> None:
        """Nothing is known yet."""
        self._is_main = is_main
        self._meter = MeterWatch(is_main=is_main)
        self._since: dict[str, float] = {}

    def look(
        self,
        now: float,
        circuit: Circuit,
        state: CircuitState,
        noted: Told,
        cars: PerPhase | None,
        sun: PerPhase | None,
        battery: float,
    ) -> dict[str, Mapping[str, str]]:
        """What is wrong by now; `seen` is what seems wrong at this moment."""
        doubtful = dict(noted)
        if state.fallback is FallbackCause.IMPOSSIBLE:
            doubtful["meter_current"] = {}
        self._since = {key: self._since.get(key, now) for key in doubtful}
        wrong = {
            key: told for key, told in doubtful.items() if now - self._since[key] >= SURE_AFTER
        }
        if state.load is None:
            return wrong
        for seen in self._meter.note(now, state.load, cars, circuit.rating, sun, battery):
            wrong[seen.key] = {
                "phase": seen.phase.name,
                "cars": f"{seen.cars:.1f}",
                "load": f"{seen.load:.1f}",
            }
        return wrong


def _slow(interval: float) -> Told:
    """How seldom a meter speaks, where that is too seldom for the cars to follow the house."""
    return {"meter_slow": {"interval": f"{interval:.0f}"}} if interval > SLOW else {}


def _how_it_answers(circuit: str, notices: Iterable[Notice]) -> dict[str, Mapping[str, str]]:
    """What the loop has found out about a circuit's meter when cars moved."""
    wrong: dict[str, Mapping[str, str]] = {}
    for notice in notices:
        if notice.subject != circuit or notice.code not in ANSWERS:
            continue
        key, figures = notice.code.value, wrong.get(notice.code.value, {})
        phase, _, seen_on = notice.detail.partition(" ")
        if seen_on:
            wrong[key] = {"phase": phase, "seen_on": seen_on}
            continue
        phases = f"{figures['phase']}, {phase}" if figures else phase
        wrong[key] = {"phase": phases}
        if notice.code is NoticeCode.METER_READS_LESS and notice.figure is not None:
            wrong[key] = {"phase": phases, "share": f"{max(0.0, 100 * notice.figure):.0f}"}
    return wrong


def _wrong_voltage(site: Site, circuit: Circuit, voltage: PerPhase) -> Told:
    """The first phase whose voltage is far from the nominal one; one that shows none is not judged."""
    for phase in Phase:
        shown = voltage[phase]
        if not circuit.rating[phase] or not shown:
            continue
        if abs(shown / site.voltage - 1) > VOLTAGE_SHARE:
            figures = {"voltage": f"{shown:.0f}", "nominal": f"{site.voltage:.0f}"}
            return {"meter_voltage": {"phase": phase.name, **figures}}
    return {}
