"""What a site's chargers are armed with for the time without Home Assistant, and what its owner ought to know of it."""

from collections.abc import Mapping
from dataclasses import replace

from homeassistant.core import HomeAssistant, callback

from .balancing.allowance import house_allowances
from .balancing.arming import Armed, arm
from .balancing.model import Site
from .controller import Controller, steady_clock
from .issues import async_forget_charger, async_tell_failed, async_tell_unfit


class Fallbacks:
    """The fall-backs of one site."""

    def __init__(self, hass: HomeAssistant, entry_id: str, controller: Controller) -> None:
        """`controller` knows what the house draws at most, and which chargers were seen to fall back."""
        self._hass = hass
        self._entry_id = entry_id
        self._controller = controller
        self._armed: Armed | None = None
        self._failed: frozenset[str] = frozenset()
        self._keeping: frozenset[str] = frozenset()

    @callback
    def async_arm(
        self, site: Site, names: Mapping[str, str], keeping: frozenset[str] = frozenset()
    ) -> Site:
        """The site with what its chargers are to be armed with; its owner is told who does not fit.

        Those in `keeping` cannot be armed: they keep what they were told last.
        """
        self._keeping = keeping
        known = () if self._armed is None else self._armed.fallbacks
        self._armed = armed = self._arm(site)
        self._failed = failed = self._controller.prover.failed
        for gone in known - armed.fallbacks.keys() if known else ():
            async_forget_charger(self._hass, gone)
        async_tell_unfit(self._hass, self._entry_id, armed.unfit, names)
        async_tell_failed(self._hass, site.chargers, failed, names)
        return replace(
            site,
            chargers=tuple(
                replace(charger, fallback=armed.fallbacks[charger.id]) for charger in site.chargers
            ),
        )

    def have_failed_anew(self) -> bool:
        """Whether a test has shown something that the arming does not know yet."""
        return self._controller.prover.failed != self._failed

    def are_outdated(self, site: Site) -> bool:
        """Whether `site` would be armed otherwise by what is known now, of the house or of the chargers."""
        return self.have_failed_anew() or self._arm(site) != self._armed

    def _arm(self, site: Site) -> Armed:
        house = house_allowances(site, self._controller.memory.circuits, steady_clock())
        return arm(site, house, self._controller.prover.failed | self._keeping)
