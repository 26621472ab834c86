"""Reports, as a repair, a charger that accepts its limit and draws more, or is asked for one phase and uses all."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .balancing.codes import NoticeCode
from .balancing.decision import Decision
from .const import DOMAIN

SURE_AFTER = 20.0  # s without a pause; a slow car is not reported
OVER_AFTER = 120.0  # s: some obey for a moment only


class Disobedience:
    """The chargers of one site that do not obey."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nobody is known to disobey."""
        self._hass = hass
        self._since: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._told: set[str] = set()
        self._phases_told: set[str] = set()

    @callback
    def decided(self, decision: Decision, names: Mapping[str, str]) -> None:
        """Take what a cycle has noticed."""
        self._tell_phases(decision, names)
        noticed = {
            notice.subject: notice.figure
            for notice in decision.notices
            if notice.code is NoticeCode.CHARGER_DISOBEYS
        }
        told = {setpoint.charger: setpoint.current for setpoint in decision.setpoints}
        for charger in self._since.keys() - noticed.keys():
            del self._since[charger]
        for charger, drawn in noticed.items():
            since = self._since.setdefault(charger, decision.time)
            self._last[charger] = decision.time
            if decision.time - since >= SURE_AFTER and charger not in self._told:
                self._told.add(charger)
                self._tell(charger, names[charger], drawn or 0.0, told.get(charger, 0.0))
        for charger in list(self._told):
            if charger not in names or decision.time - self._last[charger] >= OVER_AFTER:
                self._told.discard(charger)
                ir.async_delete_issue(self._hass, DOMAIN, _issue(charger))

    @callback
    def forget(self) -> None:
        """Say no more of anybody: the site is unloaded."""
        for charger in self._told:
            ir.async_delete_issue(self._hass, DOMAIN, _issue(charger))
        self._told.clear()
        for charger in self._phases_told:
            ir.async_delete_issue(self._hass, DOMAIN, _phases_issue(charger))
        self._phases_told.clear()

    def _tell_phases(self, decision: Decision, names: Mapping[str, str]) -> None:
        noticed = {
            notice.subject
            for notice in decision.notices
            if notice.code is NoticeCode.PHASES_DISOBEYED
        }
        for charger in noticed - self._phases_told:
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                _phases_issue(charger),
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key="phases_disobeyed",
                translation_placeholders={"name": names[charger]},
            )
        for charger in self._phases_told - noticed:
            ir.async_delete_issue(self._hass, DOMAIN, _phases_issue(charger))
        self._phases_told = noticed

    def _tell(self, charger: str, name: str, drawn: float, limit: float) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _issue(charger),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="charger_disobeys",
            translation_placeholders={
                "name": name,
                "drawn": f"{drawn:.1f}",
                "limit": f"{limit:.1f}",
            },
        )


def _issue(charger: str) -> str:
    return f"disobeys_{charger}"


def _phases_issue(charger: str) -> str:
    return f"phases_{charger}"
