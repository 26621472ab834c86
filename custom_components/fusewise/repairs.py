"""Mends what can be mended with one click: a site that stands still, a fall-back that was seen not to work."""

from typing import Any, override

import voluptuous as vol

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant

from .targets import loaded_sites

type Data = dict[str, str | int | float | None] | None


class _Confirmed(RepairsFlow):
    """Asks once, and then does it."""

    def __init__(self, placeholders: dict[str, str]) -> None:
        """`placeholders` stand in the texts."""
        self._placeholders = placeholders

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, and do it."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders=self._placeholders,
            )
        await self.async_mend()
        return self.async_create_entry(data={})

    async def async_mend(self) -> None:
        """Do what mends it."""


class ReloadSite(_Confirmed):
    """Sets a site up anew. Its chargers keep their sockets."""

    @override
    async def async_mend(self) -> None:
        await self.hass.config_entries.async_reload(self._placeholders["entry_id"])


class TestAgain(_Confirmed):
    """Tests a fall-back once more."""

    @override
    async def async_mend(self) -> None:
        for entry in loaded_sites(self.hass):
            if (charger := self._placeholders["charger"]) in entry.runtime_data.chargers:
                entry.runtime_data.controller.ask_for_proof(charger)


async def async_create_fix_flow(hass: HomeAssistant, issue_id: str, data: Data) -> RepairsFlow:
    """Return what mends an issue."""
    told: dict[str, Any] = {key: str(value) for key, value in (data or {}).items()}
    if issue_id.startswith("stalled_"):
        return ReloadSite(told)
    if issue_id.startswith("not_falling_back_"):
        return TestAgain(told)
    return ConfirmRepairFlow()
