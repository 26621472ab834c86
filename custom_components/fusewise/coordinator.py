"""Brings each decision of a site's control loop to its entities, and each change of its settings to the loop.

The loop does not live here: a coordinator without listeners stops, and the loop that holds the fuse must not.
"""

import asyncio
import contextlib
from datetime import datetime, timedelta
import logging
from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .around import configure_surroundings, with_battery
from .balancing.decision import Decision
from .balancing.model import ChargerReading
from .beside_meters import BesideMeters
from .circuits import hanging_nowhere
from .const import (
    CONF_MAXIMUM_PRICE,
    CONF_OCPP,
    CONF_SUPPLY,
    CONF_VOLTAGE,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_CIRCUIT,
)
from .controller import FIRST_READINGS, TICK, Controller, steady_clock
from .device import async_register_devices, async_register_many
from .devices.entity import EntityCharger
from .devices.ocpp import OcppCharger, StationInfo
from .disobedience import Disobedience
from .door import Door
from .entity_charger import EntityChargers, is_entity_charger
from .fallbacks import Fallbacks
from .grid_limits import GridLimits
from .issues import async_forget_stall, async_tell_removed, async_tell_stall
from .keeping import Keeping
from .meters import Meters, SiteMeter
from .ocpp_traits import Traits, traits_of, with_traits
from .plausibility import Plausibility
from .running import Running
from .second_hand import SecondHands
from .session_log import SessionLog
from .silences import Silences
from .site import site_of
from .spreading import SpreadingCoordinator
from .supply import SUPPLIES
from .telling import Teller
from .troubles import Troubles
from .viewing import Viewer
from .views import SiteView
from .wishes import Wishes

_LOGGER = logging.getLogger(__name__)

CALL_BACK = 60.0  # s in which a charger that was connected before a restart has called again
OVERDUE = timedelta(seconds=10)  # ten ticks of the loop: what is shown would be a lie by then
ARMED_ANEW = timedelta(hours=1)  # what the house draws at most changes by the day

type FusewiseConfigEntry = ConfigEntry[FusewiseCoordinator]


class FusewiseCoordinator(SpreadingCoordinator[SiteView]):
    """Stands between one site's control loop and Home Assistant."""

    config_entry: FusewiseConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: FusewiseConfigEntry,
        door: Door,
        log: SessionLog,
    ) -> None:
        """Know the door at which the chargers connect; nothing runs yet."""
        super().__init__(hass, _LOGGER, config_entry=entry, name=f"{DOMAIN} {entry.title}")
        # Nothing has been decided yet.
        self.last_update_success = False
        self.published_at = self._began = steady_clock()
        self.door = door
        self.log = log
        self.chargers: dict[str, OcppCharger | EntityCharger] = {}
        self._entity_chargers = EntityChargers(hass, entry)
        self._second_hands = SecondHands(hass)
        self._silences = Silences(hass, entry)
        self._plausibility = Plausibility(hass, entry.entry_id, entry.title)
        self.meters: dict[str, SiteMeter] = {}
        self._settings = entry.data
        self._names: dict[str, str] = {}
        self._infos: dict[str, StationInfo | None] = {}
        self._traits: Traits = {}
        self._troubles = Troubles()
        self._disobedience = Disobedience(hass)
        entry.async_on_unload(self._disobedience.forget)
        self._stalled = False
        self._decided = asyncio.Event()
        self.controller = Controller(site_of(entry), {}, {}, self._publish)
        self.beside_meters = BesideMeters(
            self.controller, self._readings, SUPPLIES[entry.data[CONF_SUPPLY]]
        )
        self._open_meters = Meters(hass, entry, self.beside_meters.cars_draw)
        self._running = Running(hass, entry, self.controller, self.async_configure)
        self._keeping = Keeping(hass, entry, self.controller, self._entity_chargers)
        self._fallbacks = Fallbacks(hass, entry.entry_id, self.controller)
        self.surroundings = self.controller.surroundings
        self.surroundings.guests.card_at = self._card_at
        self.wishes = Wishes(hass, entry.entry_id, self.controller, log.sessions)
        self.grid_limits = GridLimits(hass, entry.entry_id, self.controller)
        self._teller = Teller(hass, entry.entry_id, entry.title)
        self._viewer = Viewer(entry, self.controller, self.wishes, log)

    async def async_configure(self) -> None:
        """Take over the settings as they are now, in place: no car is interrupted.

        Raises HomeAssistantError where a meter's Modbus link is used by others with other settings.
        """
        entry = self.config_entry
        self.meters = await self._open_meters.async_admit()
        subentries = entry.get_subentries_of_type(SUBENTRY_CHARGER)
        circuits = entry.get_subentries_of_type(SUBENTRY_CIRCUIT)
        self._names = {each.subentry_id: each.title for each in (*subentries, *circuits)}
        keeping = frozenset(
            subentry.subentry_id for subentry in subentries if is_entity_charger(subentry)
        )
        wanted = with_battery(site_of(entry), entry)
        site = self._fallbacks.async_arm(wanted, self._names, keeping)
        armed = {charger.id: charger.fallback for charger in site.chargers}
        self.chargers = {
            subentry.subentry_id: self._admit(subentry, armed[subentry.subentry_id])
            for subentry in subentries
        }
        self._entity_chargers.dismiss(but=self.chargers)
        self.log.follow(self.chargers)
        self._keeping.learnt.follow(self._of_kind(OcppCharger))
        configure_surroundings(self.hass, entry, self.surroundings)
        async_register_devices(self.hass, entry, self.chargers)
        async_tell_removed(self.hass, entry.entry_id, hanging_nowhere(entry))
        self._traits = traits_of(self._of_kind(OcppCharger))
        self.controller.configure(with_traits(site, self._traits), self.meters, self.chargers)
        await self._open_meters.async_dismiss(but=self.meters)
        self.wishes.forget(but=self.chargers)
        self.wishes.maximum_price = entry.options.get(CONF_MAXIMUM_PRICE)
        await self.door.dismiss(
            entry.entry_id, but={charger.identity for charger in self.chargers.values()}
        )

    @callback
    def choose_vehicle(self, charger: str, vehicle: str | None) -> None:
        """Say which vehicle is at a charger, until it leaves; None: one that is not known here."""
        self.surroundings.guests.choose(charger, vehicle)

    def _card_at(self, charger: str) -> str | None:
        record = self.log.sessions.open(charger)
        return None if record is None else record.card

    def _admit(self, subentry: ConfigSubentry, armed: float) -> OcppCharger | EntityCharger:
        if is_entity_charger(subentry):
            return self._entity_chargers.admit(subentry)
        return self.door.admit(self.config_entry, subentry, armed)

    def _of_kind[ChargerT](self, kind: type[ChargerT]) -> dict[str, ChargerT]:
        return {key: charger for key, charger in self.chargers.items() if isinstance(charger, kind)}

    def _readings(self) -> dict[str, ChargerReading]:
        return {key: charger.reading for key, charger in self.chargers.items()}

    async def async_close(self) -> None:
        """Listen to no charger any more, give the meters back, and say no more of them."""
        self._plausibility.forget()
        self._silences.forget()
        self._entity_chargers.dismiss()
        await self._open_meters.async_dismiss()

    def has_moved(self) -> bool:
        """Whether chargers connect elsewhere now, or all that was measured in watts means other amperes."""
        data = self.config_entry.data
        return any(
            self._settings[key] != data[key] for key in (CONF_OCPP, CONF_SUPPLY, CONF_VOLTAGE)
        )

    async def async_restore(self) -> None:
        """Know again what was known before Home Assistant, or the site, was started anew."""
        await self._keeping.async_restore()
        for kept_apart in (self.wishes, self.grid_limits):
            await kept_apart.async_load()
            self.config_entry.async_on_unload(kept_apart.async_close)

    async def async_begin(self) -> None:
        """Hold the fuse until the site is unloaded. Comes back with the first decision, or without if it is late."""
        entry, hass = self.config_entry, self.hass
        self._began = self.published_at = steady_clock()
        for watch, interval in (
            (self._watch, OVERDUE / 2),
            (self._arm_anew, ARMED_ANEW),
        ):
            entry.async_on_unload(async_track_time_interval(hass, watch, interval))
        self._keeping.begin()
        self._running.begin()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_READINGS + TICK):
                await self._decided.wait()

    async def async_keep(self) -> None:
        """Keep all that is known for the next start."""
        await self._keeping.async_keep()

    async def _arm_anew(self, _now: datetime | None = None) -> None:
        """Arm the chargers otherwise, where the house or a charger was seen to be otherwise."""
        if self._fallbacks.are_outdated(site_of(self.config_entry)):
            await self.async_configure()

    @callback
    def _publish(self, decision: Decision) -> None:
        self.published_at = decision.time
        self.log.decided(decision)
        self.grid_limits.look()
        self.wishes.look(self._readings())
        self._disobedience.decided(decision, self._names)
        self._decided.set()
        if self._stalled:
            self._stalled = False
            async_forget_stall(self.hass, self.config_entry.entry_id)
        if self._fallbacks.have_failed_anew():
            self.config_entry.async_create_task(self.hass, self._arm_anew())
        self._introduce()
        view = self._look(decision)
        chargers = view.chargers
        self._troubles.tell(chargers)
        site = self.controller.site
        metered = {
            circuit.id: self.meters[circuit.meter]
            for circuit in site.circuits
            if circuit.meter in self.meters
        }
        self._plausibility.look(
            decision.time,
            site,
            decision.circuits,
            {circuit: meter.voltage for circuit, meter in metered.items()},
            {key: view.reading for key, view in chargers.items()},
            notices=decision.notices,
            names=self._names,
            intervals={
                circuit: reading.interval
                for circuit, meter in metered.items()
                if (reading := meter.reading) is not None
            },
            sun=self.surroundings.sun(decision.time),
            battery=self.beside_meters.battery_feeds(decision.time),
        )
        self._silences.look(decision.time, self.surroundings)
        self._second_hands.tell(self._of_kind(EntityCharger), self._names)
        self.async_set_updated_data(view)
        self._teller.tell(view)

    def _look(self, decision: Decision) -> SiteView:
        age = decision.time - self._began
        return self._viewer.look(
            decision,
            self.chargers,
            starting=age < OVERDUE.total_seconds(),
            awaited=age < CALL_BACK,
        )

    @callback
    def show_again(self) -> None:
        """Show what people have just changed, without waiting for the next cycle."""
        if (decision := self.controller.decision) is not None and self.last_update_success:
            self.async_set_updated_data(self._look(decision))

    def _introduce(self) -> None:
        """Describe the devices anew when a charger has told what it is, and balance by what was seen of it."""
        if (traits := traits_of(self._of_kind(OcppCharger))) != self._traits:
            self._traits = traits
            self.config_entry.async_create_task(self.hass, self.async_configure())
        infos = {key: charger.info for key, charger in self.chargers.items()}
        if infos != self._infos:
            self._infos = infos
            self.config_entry.async_create_task(
                self.hass, async_register_many(self.hass, self.config_entry, self.chargers)
            )

    @callback
    def _watch(self, _now: datetime) -> None:
        """Notice a loop that has ended, or a cycle that did not come; the loop itself cannot."""
        self._running.look()
        age = steady_clock() - self.published_at
        if age > OVERDUE.total_seconds():
            self.async_set_update_error(TimeoutError(f"no control cycle for {age:.0f} s"))
            self._stalled = True
            async_tell_stall(self.hass, self.config_entry.entry_id, self.config_entry.title)

    @override
    async def _async_update_data(self) -> SiteView:
        """Answer homeassistant.update_entity: what is known is the newest already."""
        return self.data
