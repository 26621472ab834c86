"""Which vehicle hangs on which charger, and what it needs: known by card, by its address, or because it came home.

A guess only ever changes what a car is taken to need, never what a fuse may carry.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
import re

from .balancing.memory import RESUMED
from .balancing.model import ChargerReading
from .devices.home import Vehicle, VehicleReading
from .devices.ocpp import plain_card

__all__ = ["Guest", "Guests", "KnownBy"]

EFFICIENCY = (
    0.9  # of what the socket gives, a car's charger and its cooling leave so much to the battery
)
PLUGGED_TOGETHER = (
    300.0  # s between what a car and a charger say of the same cable, through a cloud
)
CAME_TOGETHER = 1800.0  # s from coming home to plugging in
PHONE = 300.0  # s that a phone takes to find the Wi-Fi
LONGEST_STEP = 60.0  # s: nobody knows what was charged while nobody looked


class KnownBy(StrEnum):
    """How it is known which vehicle it is, the surest first."""

    CHOICE = "choice"
    """Somebody has said so."""
    CARD = "card"
    MAC = "mac"
    """Its own address, which the charger has read through the cable."""
    PLUG = "plug"
    """Its cable went in at the same time."""
    CAME_HOME = "came_home"
    ONLY_ONE = "only_one"
    """No other one is at home."""
    USUAL = "usual"
    """It usually hangs there, and is not known to be elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A vehicle at a charger."""

    vehicle: str
    """The id of its subentry."""
    known_by: KnownBy
    session: str
    soc: float | None = None
    """% as its vehicle told last, …"""
    charged_kwh: float = 0.0
    """… and what the charger has given since."""

    def soc_now(self, vehicle: VehicleReading) -> float | None:
        """% that it must have reached by now: some vehicles tell once in an hour."""
        if self.soc is None or not vehicle.capacity_kwh:
            return self.soc
        reached = self.soc + 100 * self.charged_kwh * EFFICIENCY / vehicle.capacity_kwh
        return min(100.0, reached)

    def needed_kwh(self, vehicle: VehicleReading) -> float | None:
        """What the charger still has to give; None where nobody knows."""
        needed = replace(vehicle, soc=self.soc).needed_kwh
        return None if needed is None else max(0.0, needed / EFFICIENCY - self.charged_kwh)


class Guests:
    """The vehicles of one home, and where they are."""

    def __init__(self) -> None:
        """Nobody is known."""
        self.vehicles: Mapping[str, Vehicle] = {}
        self.at: dict[str, Guest] = {}
        """The vehicle at each charger where that is known, by the id of the charger."""
        self.card_at: Callable[[str], str | None] = lambda _: None
        """The card that was shown at a charger, where one was."""
        self._chosen: dict[str, str | None] = {}
        self._looked_at: float | None = None

    def configure(self, vehicles: Mapping[str, Vehicle]) -> None:
        """Take over which vehicles there are."""
        self.vehicles = dict(vehicles)
        self.at = {key: guest for key, guest in self.at.items() if guest.vehicle in vehicles}
        self._chosen = {
            key: vehicle
            for key, vehicle in self._chosen.items()
            if vehicle is None or vehicle in vehicles
        }

    def resume(self, at: Mapping[str, Guest]) -> None:
        """Know again who was where before a restart; whichever session runs there is theirs."""
        self.at = {key: replace(guest, session=RESUMED) for key, guest in at.items()}
        self._chosen = {
            key: guest.vehicle for key, guest in at.items() if guest.known_by is KnownBy.CHOICE
        }

    def choose(self, charger: str, vehicle: str | None) -> None:
        """Say which vehicle is at a charger, until it leaves; None: one that is not known here."""
        self._chosen[charger] = vehicle
        self.at.pop(charger, None)
        for elsewhere in [key for key, guest in self.at.items() if guest.vehicle == vehicle]:
            del self.at[elsewhere]

    def look(
        self,
        readings: Mapping[str, ChargerReading],
        now: float,
        voltage: float,
    ) -> dict[str, ChargerReading]:
        """See who is where; the readings with what each one needs."""
        elapsed = 0.0 if self._looked_at is None else now - self._looked_at
        self._looked_at = now
        found = dict(readings)
        vehicles = {key: vehicle.reading for key, vehicle in self.vehicles.items()}
        for charger, reading in readings.items():
            session = reading.session
            if session is None:
                if reading.online:  # while its line is lost, nobody knows who has left
                    self.at.pop(charger, None)
                    self._chosen.pop(charger, None)
                continue
            self._recognise(charger, session.id, session.started, self.card_at(charger), vehicles)
            if (guest := self.at.get(charger)) is None:
                continue
            vehicle = vehicles[guest.vehicle]
            guest = self.at[charger] = _charged(guest, reading, vehicle, elapsed, voltage)
            most = [a for a in (session.maximum, vehicle.maximum) if a is not None]
            known = session.energy_needed_kwh
            found[charger] = replace(
                reading,
                session=replace(
                    session,
                    energy_needed_kwh=guest.needed_kwh(vehicle) if known is None else known,
                    maximum=min(most, default=None),
                ),
            )
        return found

    def _recognise(
        self,
        charger: str,
        session: str,
        started: float,
        card: str | None,
        vehicles: Mapping[str, VehicleReading],
    ) -> None:
        known = self.at.get(charger)
        if known is not None and known.session == RESUMED:
            known = self.at[charger] = replace(known, session=session)
        if known is not None and known.session != session:
            # Another car may have come; who was chosen for this one stays chosen.
            known = None
            del self.at[charger]
        if charger in self._chosen:
            vehicle = self._chosen[charger]
            surely = None if vehicle is None else (vehicle, KnownBy.CHOICE)
        else:
            surely = self._by_card(card)
            if surely is None and known is None:
                surely = next(self._guesses(charger, started, vehicles), None)
        if surely is None or (known is not None and known.vehicle == surely[0]):
            return
        for elsewhere in [key for key, guest in self.at.items() if guest.vehicle == surely[0]]:
            del self.at[elsewhere]
        self.at[charger] = Guest(vehicle=surely[0], known_by=surely[1], session=session)

    def _by_card(self, card: str | None) -> tuple[str, KnownBy] | None:
        if card is None:
            return None
        shown = plain_card(card)
        for key, vehicle in self.vehicles.items():
            for own in vehicle.cards:
                if plain_card(own) == shown:
                    return key, KnownBy.MAC if _is_mac(own) else KnownBy.CARD
        return None

    def _guesses(
        self, charger: str, started: float, vehicles: Mapping[str, VehicleReading]
    ) -> Iterator[tuple[str, KnownBy]]:
        """Who it may be, the likeliest first; of two that it may be alike, neither is named."""
        taken = {guest.vehicle for guest in self.at.values()} | set(self._chosen.values())
        free = {
            key: vehicle
            for key, vehicle in vehicles.items()
            if key not in taken and vehicle.at_home is not False and vehicle.plugged is not False
        }
        plugged = [
            key
            for key, vehicle in free.items()
            if vehicle.plugged_since is not None
            and abs(vehicle.plugged_since - started) <= PLUGGED_TOGETHER
        ]
        came = [
            key
            for key, vehicle in free.items()
            if vehicle.home_since is not None
            and -PHONE <= started - vehicle.home_since <= CAME_TOGETHER
        ]
        # Where somebody may be at home of whom nobody tells, no one is the only one.
        here = [key for key, vehicle in free.items() if vehicle.at_home or vehicle.plugged]
        only = here if len(here) == len(free) else []
        usual = [key for key in free if self.vehicles[key].charger == charger]
        for keys, known_by in (
            (plugged, KnownBy.PLUG),
            (came, KnownBy.CAME_HOME),
            (usual, KnownBy.USUAL),
            (only, KnownBy.ONLY_ONE),
        ):
            if len(keys) == 1:
                yield keys[0], known_by


def _charged(
    guest: Guest, reading: ChargerReading, vehicle: VehicleReading, elapsed: float, voltage: float
) -> Guest:
    if vehicle.soc is not None and vehicle.soc != guest.soc:
        return replace(guest, soc=vehicle.soc, charged_kwh=0.0)
    if reading.current is None or not 0.0 < elapsed <= LONGEST_STEP:
        return guest
    kilowatts = sum(reading.current) * voltage / 1000
    return replace(guest, charged_kwh=guest.charged_kwh + kilowatts * elapsed / 3600)


def _is_mac(card: str) -> bool:
    return re.fullmatch(r"(?:VID:?)?(?:[0-9A-F]{2}[:-]?){5}[0-9A-F]{2}", card.upper()) is not None
