"""Tells, as a repair, who else has changed a charger's limit or switch."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .devices.entity import EntityCharger, SecondHand

type Names = Mapping[str, str]


class SecondHands:
    """The second hands on the chargers of a site, as they were told last."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nothing was told yet."""
        self._hass = hass
        self._told: dict[str, SecondHand] = {}

    @callback
    def tell(self, chargers: Mapping[str, EntityCharger], names: Names) -> None:
        """Report what is new, and take back what is over. By the ids of the chargers' subentries."""
        for key in [key for key in self._told if key not in chargers]:
            self._forget(key)
        for key, charger in chargers.items():
            hand = charger.second_hand
            if hand is None:
                self._forget(key)
            elif self._told.get(key) != hand:
                self._told[key] = hand
                switch = charger.entities.switch
                is_limit = switch is None or switch.entity != hand.knob
                said = f"{hand.value:g} A" if is_limit else hand.mode or _on(hand)
                self._hass.async_create_task(self._async_tell(key, names[key], hand, said))

    def _forget(self, key: str) -> None:
        if self._told.pop(key, None) is not None:
            ir.async_delete_issue(self._hass, DOMAIN, f"second_hand_{key}")

    async def _async_tell(self, key: str, name: str, hand: SecondHand, said: str) -> None:
        cause, who = "somebody", ""
        if hand.run is not None:
            cause, who = "automation", hand.run
        elif hand.user_id is not None:
            user = await self._hass.auth.async_get_user(hand.user_id)
            if user is not None and user.name:
                cause, who = "person", user.name
        if self._told.get(key) != hand:
            return  # over by now
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"second_hand_{key}",
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=f"second_hand_{cause}",
            translation_placeholders={
                "charger": name,
                "entity": hand.knob,
                "value": said,
                "who": who,
            },
        )


def _on(hand: SecondHand) -> str:
    return "on" if hand.value else "off"
