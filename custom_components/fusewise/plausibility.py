"""Tells, as repairs, what the grid meter shows and what cannot be right about it, with what to check."""

from collections.abc import Iterable, Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .balancing.codes import FallbackCause
from .balancing.decision import CircuitState
from .balancing.model import ChargerReading, PerPhase, Phase, Site
from .const import DOMAIN
from .meter_watch import MeterWatch
from .phase_watch import PhaseWatch

VOLTAGE_SHARE = 0.15  # of the nominal voltage
SURE_AFTER = 60.0  # s: a dip or a wrong telegram is no reason to check anything

type Told = Mapping[str, Mapping[str, str]]
"""Placeholders by the key of a text."""


class Plausibility:
    """What cannot be right about the grid meter of one site."""

    def __init__(self, hass: HomeAssistant, entry_id: str, title: str) -> None:
        """Nothing is known yet."""
        self._hass = hass
        self._entry_id = entry_id
        self._title = title
        self._watch = PhaseWatch()
        self._meter = MeterWatch()
        self._since: dict[str, float] = {}
        self._told: dict[str, Mapping[str, str]] = {}

    @callback
    def look(
        self,
        now: float,
        site: Site,
        main: CircuitState,
        voltage: PerPhase,
        readings: Mapping[str, ChargerReading],
        sun: PerPhase | None = None,
        battery: float = 0.0,
    ) -> None:
        """Look at what is known now; `battery`: A that it feeds in on each phase at most."""
        cars = _cars(site, readings)
        if main.load is not None and cars is not None:
            self._watch.note(now, main.load, cars)
        doubtful = dict(_wrong_voltage(site, voltage))
        if main.fallback is FallbackCause.IMPOSSIBLE:
            doubtful["meter_current"] = {}
        self._since = {key: self._since.get(key, now) for key in doubtful}
        wrong = {
            key: told for key, told in doubtful.items() if now - self._since[key] >= SURE_AFTER
        }
        for finding in self._watch.findings:
            if finding.seen_on is None:
                wrong["meter_reversed"] = {"phase": finding.phase.name}
            else:
                wrong["meter_swapped"] = {
                    "phase": finding.phase.name,
                    "seen_on": finding.seen_on.name,
                }
        if main.load is not None:
            rating = site.circuits[0].rating
            for seen in self._meter.note(now, main.load, cars, rating, sun, battery):
                wrong[seen.key] = {
                    "phase": seen.phase.name,
                    "cars": f"{seen.cars:.1f}",
                    "load": f"{seen.load:.1f}",
                }
        self._tell(wrong)

    @callback
    def forget(self) -> None:
        """Say no more of it: the site is unloaded."""
        self._tell({})

    def _tell(self, wrong: Told) -> None:
        for key in self._told.keys() - wrong.keys():
            ir.async_delete_issue(self._hass, DOMAIN, f"{key}_{self._entry_id}")
        for key, told in wrong.items():
            if self._told.get(key) is None:
                ir.async_create_issue(
                    self._hass,
                    DOMAIN,
                    f"{key}_{self._entry_id}",
                    is_fixable=False,
                    severity=ir.IssueSeverity.WARNING,
                    translation_key=key,
                    translation_placeholders={"site": self._title, **told},
                )
        self._told = {key: self._told.get(key, told) for key, told in wrong.items()}


def _wrong_voltage(site: Site, voltage: PerPhase) -> Told:
    """The first phase whose voltage is far from the nominal one; one that shows none is not judged."""
    for phase in _existing(site):
        shown = voltage[phase]
        if shown and abs(shown / site.voltage - 1) > VOLTAGE_SHARE:
            figures = {"voltage": f"{shown:.0f}", "nominal": f"{site.voltage:.0f}"}
            return {"meter_voltage": {"phase": phase.name, **figures}}
    return {}


def _existing(site: Site) -> Iterable[Phase]:
    return (phase for phase in Phase if site.circuits[0].rating[phase] > 0)


def _cars(site: Site, readings: Mapping[str, ChargerReading]) -> PerPhase | None:
    """A that the cars draw on each phase; None where one of them does not measure."""
    drawn = [0.0] * len(Phase)
    for charger in site.chargers:
        reading = readings[charger.id]
        if reading.current is None:
            if reading.session is not None:
                return None
            continue
        for phase, amperes in zip(charger.wiring, reading.current, strict=False):
            drawn[phase] += amperes
    return drawn[0], drawn[1], drawn[2]
