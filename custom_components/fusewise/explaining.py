"""Says in plain words, in the user's language, what each charger gets and why, and when its car is ready."""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .balancing.codes import ReasonCode
from .charger_sensors import why
from .const import DOMAIN, MAIN_CIRCUIT
from .coordinator import FusewiseCoordinator
from .describing import moment
from .views import ChargerView


class Explainer:
    """Has the words of one language."""

    def __init__(self, reasons: Mapping[str, str], phrases: Mapping[str, str]) -> None:
        """`reasons` and `phrases` are the texts as they are translated."""
        self._reasons = reasons
        self._phrases = phrases

    def sentences(self, coordinator: FusewiseCoordinator, view: ChargerView) -> Iterator[str]:
        """What a charger gets and why, one sentence for each thing that is known."""
        setpoint = view.setpoint
        if setpoint is None:
            return
        reason = setpoint.reason
        gets = "gets" if setpoint.current > 0 else "gets_nothing"
        yield self._say(
            gets,
            charger=view.name,
            current=f"{setpoint.current:.1f}",
            reason=self._reasons.get(reason.code, reason.code),
        )
        if reason.limited_by is not None:
            yield self._say("behind_that", reason=self._reasons.get(reason.limited_by, ""))
        if reason.limit is not None and reason.circuit is not None:
            yield self._limit(coordinator, view)
        yield from self._price(coordinator, view)
        yield from self._warmth(coordinator, view)
        if view.shares_with:
            yield self._say("shared", others=", ".join(view.shares_with))
        if reason.until is not None:
            yield self._say("until", time=_clock(reason.until))
        if view.outlook.ready_at is not None:
            yield self._say("ready", time=_clock(view.outlook.ready_at))
        if view.departure is not None:
            late = "late" if view.outlook.late else "leaves"
            yield self._say(late, time=_clock(view.departure))

    def _limit(self, coordinator: FusewiseCoordinator, view: ChargerView) -> str:
        assert view.setpoint is not None
        reason = view.setpoint.reason
        circuit = self._phrases["main_fuse"]
        subentry = coordinator.config_entry.subentries.get(reason.circuit or "")
        if reason.circuit != MAIN_CIRCUIT and subentry is not None:
            circuit = subentry.title
        limit = f"{reason.limit:.0f}"
        if reason.phase is None:
            return self._say("limit_watts", watts=limit, circuit=circuit)
        return self._say("limit_amperes", current=limit, phase=reason.phase.name, circuit=circuit)

    def _price(self, coordinator: FusewiseCoordinator, view: ChargerView) -> Iterator[str]:
        assert view.setpoint is not None
        reason, now = view.setpoint.reason, coordinator.data.price
        if reason.code is ReasonCode.WAITING_PRICE and reason.limit is not None and now is not None:
            figures = {"price": f"{now.price:.4g}", "maximum": f"{reason.limit:.4g}"}
            yield self._say("too_dear", currency=now.currency, **figures)

    def _warmth(self, coordinator: FusewiseCoordinator, view: ChargerView) -> Iterator[str]:
        assert view.setpoint is not None
        reason = view.setpoint.reason
        circuit = coordinator.data.circuits.get(reason.circuit or "")
        if ReasonCode.THERMAL not in (reason.code, reason.limited_by) or circuit is None:
            return
        share = f"{100 * circuit.thermal_share:.0f}"
        if circuit.memory.temperature is None:
            yield self._say("warm", share=share)
        else:
            yield self._say("warm_at", share=share, temperature=f"{circuit.memory.temperature:.0f}")

    def _say(self, phrase: str, **words: str) -> str:
        return self._phrases[phrase].format(**words)


async def async_get_explainer(hass: HomeAssistant, language: str | None = None) -> Explainer:
    """The words of a language; of the user's own where none is named."""
    language = language or hass.config.language
    entities = await async_get_translations(hass, language, "entity", [DOMAIN])
    common = await async_get_translations(hass, language, "common", [DOMAIN])
    reasons = {
        code.value: entities.get(f"component.{DOMAIN}.entity.sensor.reason.state.{code}", code)
        for code in ReasonCode
    }
    prefix = f"component.{DOMAIN}.common."
    return Explainer(reasons, {key.removeprefix(prefix): text for key, text in common.items()})


def explained(
    coordinator: FusewiseCoordinator, view: ChargerView, explainer: Explainer
) -> dict[str, Any]:
    """A charger in words and in figures."""
    setpoint = view.setpoint
    told: dict[str, Any] = {
        "charger": view.name,
        "text": " ".join(explainer.sentences(coordinator, view)),
        "status": view.reading.status.value,
        "reason": None if setpoint is None else setpoint.reason.code.value,
        "setpoint": None if setpoint is None else setpoint.current,
        "power": None if view.power is None else round(view.power),
        "mode": view.wanted.mode.value,
        "boost": view.wanted.boost is not None,
        "target_percent": view.wanted.soc,
        "target_kwh": view.wanted.energy_kwh,
        "boosts_left": view.boosts_left,
        "session_energy_kwh": (
            None if view.session is None else round(view.session.energy_wh / 1000, 2)
        ),
        "ready_at": _written(view.outlook.ready_at),
        "departure": _written(view.departure),
        "late": view.outlook.late,
    }
    figures = why(view)
    if "until" in figures:
        figures["until"] = dt_util.as_local(figures["until"]).isoformat()
    return told | {"figures": figures}


def _clock(seconds: float) -> str:
    when = dt_util.as_local(moment(seconds))
    is_today = when.date() == dt_util.now().date()
    return f"{when:%H:%M}" if is_today else f"{when:%Y-%m-%d %H:%M}"


def _written(seconds: float | None) -> str | None:
    return None if seconds is None else dt_util.as_local(moment(seconds)).isoformat()
