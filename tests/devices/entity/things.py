"""A charger in another integration, for tests: it does what its entities are told, as well as it can."""

import asyncio
from collections.abc import Callable
from typing import Any

from custom_components.fusewise.balancing.model import ChargerStatus, Session
from custom_components.fusewise.devices.entity import EntityCharger, Limit, Switch
from homeassistant.core import Context, HomeAssistant, ServiceCall

NUMBER: dict[str, Any] = {"min": 6, "max": 32, "step": 1, "unit_of_measurement": "A"}


class Thing:
    """A charger in another integration: it does what its entities are told, as well as it can."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.now = 1000.0
        self.calls: list[tuple[str, Any]] = []
        self.obeys = True
        self.error: Exception | None = None
        self.hangs = False
        for domain, names in {
            "number": ["set_value"],
            "select": ["select_option"],
            "switch": ["turn_on", "turn_off"],
            "lock": ["lock", "unlock"],
            "easee": ["set_charger_dynamic_limit", "set_charger_phase_mode"],
        }.items():
            for name in names:
                hass.services.async_register(domain, name, self._called)

    def clock(self) -> float:
        return self.now

    async def _called(self, call: ServiceCall) -> None:
        told = call.data.get(
            "value", call.data.get("option", call.data.get("current", call.service))
        )
        self.calls.append((call.data.get("entity_id", call.domain), told))
        if self.hangs:
            await asyncio.sleep(60)
        if self.error is not None:
            raise self.error
        if self.obeys and "entity_id" in call.data:
            value = {"turn_on": "on", "turn_off": "off", "lock": "locked", "unlock": "unlocked"}
            self.show(call.data["entity_id"], value.get(told, told), context=call.context)

    def show(self, entity: str, value: object, context: Context | None = None, **more: Any) -> None:
        known = self.hass.states.get(entity)
        attributes: dict[str, Any] = (dict(known.attributes) if known else {}) | more
        self.hass.states.async_set(entity, str(value), attributes, context=context)

    def told(self) -> list[tuple[str, Any]]:
        """What it was told since this was asked last."""
        calls, self.calls = self.calls, []
        return calls


type Open = Callable[..., EntityCharger]


def status(charger: EntityCharger) -> ChargerStatus:
    return charger.reading.status


def session(charger: EntityCharger) -> Session | None:
    return charger.reading.session


LIMIT = {"limit": Limit(entity="number.limit")}
SWITCH = {"switch": Switch(entity="switch.charging")}
STATUS = {"status": "sensor.status"}
ALL = LIMIT | SWITCH | STATUS
