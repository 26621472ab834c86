"""Tells the owner, as a repair, when a charger of theirs calls and may not come in."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .devices.ocpp import Refusal, Visit

TEXTS = {
    Refusal.FOREIGN_NETWORK: "foreign_network",
    Refusal.PASSWORD_MISSING: "password_missing",
    Refusal.PASSWORD_WRONG: "password_wrong",
    Refusal.CERTIFICATE_OTHER: "certificate_other",
}


@callback
def async_tell_visit(hass: HomeAssistant, visit: Visit, name: str) -> None:
    """Report one who may not come in under the name of a charger; forget it once the charger has."""
    if visit.refusal is None:
        async_forget_visits(hass, visit.identity)
    elif (text := TEXTS.get(visit.refusal)) is not None:
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue(visit.identity),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=text,
            translation_placeholders={
                "name": name,
                "identity": visit.identity,
                "remote": visit.remote,
            },
        )


@callback
def async_forget_visits(hass: HomeAssistant, identity: str) -> None:
    """Say no more of a charger's visits."""
    ir.async_delete_issue(hass, DOMAIN, _issue(identity))


def _issue(identity: str) -> str:
    return f"refused_{identity}"
