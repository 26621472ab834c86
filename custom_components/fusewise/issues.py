"""Repairs: what a site's owner ought to know and do, so that the fuse holds without Home Assistant too."""

from collections.abc import Collection, Iterable, Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .balancing.arming import Unfit
from .balancing.model import Charger
from .const import DOMAIN, MAIN_CIRCUIT

# --- the loop --------------------------------------------------------------------------------------


@callback
def async_tell_stall(hass: HomeAssistant, entry_id: str, site: str) -> None:
    """Report that a site is not controlled."""
    mend = {"entry_id": entry_id, "site": site}
    _tell(hass, f"stalled_{entry_id}", ir.IssueSeverity.ERROR, "stalled", {"site": site}, mend)


@callback
def async_forget_stall(hass: HomeAssistant, entry_id: str) -> None:
    """Say no more of it: the loop runs."""
    ir.async_delete_issue(hass, DOMAIN, f"stalled_{entry_id}")


# --- fall-backs ------------------------------------------------------------------------------------


@callback
def async_tell_unfit(
    hass: HomeAssistant, entry_id: str, unfit: Iterable[Unfit], names: Mapping[str, str]
) -> None:
    """Report the chargers whose fall-backs do not fit the fuse, or that all do."""
    lines = [_line(one, names) for one in unfit]
    if lines:
        placeholders = {"chargers": "\n".join(lines), "number": str(len(lines))}
        _tell(hass, f"unfit_{entry_id}", ir.IssueSeverity.WARNING, "unfit", placeholders)
    else:
        ir.async_delete_issue(hass, DOMAIN, f"unfit_{entry_id}")


def _line(unfit: Unfit, names: Mapping[str, str]) -> str:
    """One charger in figures; the circuit is named where it is not the main fuse."""
    where = unfit.phase.name
    if unfit.circuit != MAIN_CIRCUIT:
        where = f"{names.get(unfit.circuit, unfit.circuit)} {where}"
    left = max(0.0, unfit.rating - unfit.house - unfit.others)
    figures = " - ".join(f"{amperes:.4g} A" for amperes in _taken(unfit))
    name = names.get(unfit.charger, unfit.charger)
    return f"- **{name}**: {unfit.fallback:.4g} A > {left:.4g} A ({where}: {figures})"


def _taken(unfit: Unfit) -> list[float]:
    """The rating, the house, and those who were armed before, if any."""
    return [unfit.rating, unfit.house, *([unfit.others] if unfit.others else [])]


@callback
def async_tell_failed(
    hass: HomeAssistant,
    chargers: Iterable[Charger],
    failed: Collection[str],
    names: Mapping[str, str],
) -> None:
    """Report each charger that was seen not to fall back by itself; say no more of the others."""
    for charger in chargers:
        if charger.id in failed:
            issue = f"not_falling_back_{charger.id}"
            placeholders = {
                "name": names.get(charger.id, charger.id),
                "fallback": f"{charger.fallback:.4g}",
                "maximum": f"{charger.maximum:.4g}",
            }
            mend = {"charger": charger.id, **placeholders}
            _tell(hass, issue, ir.IssueSeverity.ERROR, "not_falling_back", placeholders, mend)
        else:
            async_forget_charger(hass, charger.id)


@callback
def async_forget_charger(hass: HomeAssistant, charger: str) -> None:
    """Say no more of a charger, by its id: it falls back, or is gone."""
    ir.async_delete_issue(hass, DOMAIN, f"not_falling_back_{charger}")


# --- circuits --------------------------------------------------------------------------------------


@callback
def async_tell_removed(hass: HomeAssistant, entry_id: str, names: Collection[str]) -> None:
    """Report what hangs on circuits that were removed, by the names of these things; or that nothing does."""
    if names:
        lines = "\n".join(f"- {name}" for name in names)
        issue = f"circuit_removed_{entry_id}"
        _tell(hass, issue, ir.IssueSeverity.ERROR, "circuit_removed", {"names": lines})
    else:
        ir.async_delete_issue(hass, DOMAIN, f"circuit_removed_{entry_id}")


# --- the end ---------------------------------------------------------------------------------------


@callback
def async_forget_site(hass: HomeAssistant, entry_id: str, chargers: Iterable[str]) -> None:
    """Say no more of a site that is gone, and of its chargers, by their ids."""
    async_forget_stall(hass, entry_id)
    async_tell_unfit(hass, entry_id, (), {})
    async_tell_removed(hass, entry_id, ())
    for charger in chargers:
        async_forget_charger(hass, charger)


def _tell(
    hass: HomeAssistant,
    issue: str,
    severity: ir.IssueSeverity,
    text: str,
    placeholders: dict[str, str],
    mend: Mapping[str, str] | None = None,
) -> None:
    """Report it; `mend`: what repairs.py needs in order to mend it."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        data=None if mend is None else dict(mend),
        is_fixable=mend is not None,
        severity=severity,
        translation_key=text,
        translation_placeholders=placeholders,
    )
