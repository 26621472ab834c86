"""Puts together all that is known of a site at one moment, for its entities and for whoever asks."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry

from .balancing.boosts import boosts_left
from .balancing.decision import Decision, Setpoint
from .balancing.memory import ChargerMemory
from .balancing.model import Charger as SiteCharger
from .circuit_views import circuit_views, limits_now
from .controller import Controller
from .devices import Charger, DeviceOfflineError
from .devices.entity import EntityCharger
from .devices.events import EnergyBy
from .readiness import Readiness, most_of, power_of
from .session_log import SessionLog
from .views import ChargerView, SiteView, VehicleView
from .wishes import Wishes

NOTHING_REMEMBERED = ChargerMemory()


class Viewer:
    """Looks at one site."""

    def __init__(
        self, entry: ConfigEntry[Any], controller: Controller, wishes: Wishes, log: SessionLog
    ) -> None:
        """Know where everything is known."""
        self._entry = entry
        self._controller = controller
        self._wishes = wishes
        self._log = log
        self._readiness: dict[str, Readiness] = {}

    def look(
        self,
        decision: Decision,
        chargers: Mapping[str, Charger],
        *,
        starting: bool,
        awaited: bool,
    ) -> SiteView:
        """The site as it is now; `awaited`: chargers that are not connected will call again."""
        controller = self._controller
        setpoints = {setpoint.charger: setpoint for setpoint in decision.setpoints}
        vehicles, sharers = self._vehicles(), self._sharers(decision)
        around, limits = controller.surroundings, controller.grid_limits
        return SiteView(
            decision=decision,
            chargers={
                charger.id: self._charger(
                    charger,
                    chargers[charger.id],
                    setpoints.get(charger.id),
                    next((it for it in vehicles.values() if it.charger == charger.id), None),
                    sharers.get(charger.id, ()),
                    decision,
                    awaited,
                )
                for charger in controller.site.chargers
            },
            circuits=circuit_views(controller.site, decision, limits, self._name),
            grid_limits=limits_now(limits, decision.time),
            solar={key: solar.reading for key, solar in around.solar.items()},
            batteries={key: battery.reading for key, battery in around.batteries.items()},
            vehicles=vehicles,
            meters=controller.meter_readings,
            price=around.price_now,
            maximum_price=self._wishes.maximum_price,
            starting=starting,
        )

    def _vehicles(self) -> dict[str, VehicleView]:
        guests, subentries = self._controller.surroundings.guests, self._entry.subentries
        places = {guest.vehicle: key for key, guest in guests.at.items()}
        return {
            key: VehicleView(
                id=key,
                name=subentries[key].title,
                reading=vehicle.reading,
                charger=places.get(key),
                guest=guests.at[places[key]] if key in places else None,
            )
            for key, vehicle in guests.vehicles.items()
            if key in subentries
        }

    def _charger(
        self,
        charger: SiteCharger,
        device: Charger,
        setpoint: Setpoint | None,
        vehicle: VehicleView | None,
        shares_with: tuple[str, ...],
        decision: Decision,
        awaited: bool,
    ) -> ChargerView:
        controller, key, reading = self._controller, charger.id, device.reading
        site, problem, wish = controller.site, controller.problem(key), controller.wish(key)
        power = power_of(site, charger, reading)
        memory = decision.memory.chargers.get(key, NOTHING_REMEMBERED)
        is_silent = not reading.online or isinstance(problem, DeviceOfflineError)
        need = _need(vehicle) if wish.energy_kwh is None else wish.energy_kwh
        return ChargerView(
            charger=charger,
            name=self._name(key),
            reading=reading,
            setpoint=setpoint,
            power=power,
            limited_in=None
            if setpoint is None
            else self._name(setpoint.reason.circuit or "") or None,
            shares_with=shares_with,
            problem=problem,
            wanted=self._wishes.of(key),
            wish=wish,
            departure=self._wishes.departure(key),
            outlook=self._readiness.setdefault(key, Readiness()).look(
                decision.time,
                reading,
                need,
                wish.departure,
                power,
                most_of(site, charger, wish.maximum),
            ),
            boosts_left=boosts_left(memory, site.settings, decision.time),
            session=self._log.sessions.last(key),
            energy_kwh=self._log.sessions.total(key) / 1000,
            energy_by=device.energy_by if isinstance(device, EntityCharger) else EnergyBy.METER,
            proof_state=controller.prover.state(charger),
            proof=controller.prover.proofs.get(key),
            vehicle=vehicle,
            awaited=awaited and is_silent,
        )

    def _sharers(self, decision: Decision) -> dict[str, tuple[str, ...]]:
        """The names of the others who share what limits each charger."""
        named: dict[tuple[str, ...], tuple[str, ...]] = {}
        found: dict[str, tuple[str, ...]] = {}
        for setpoint in decision.setpoints:
            together = setpoint.reason.shared_by
            if (names := named.get(together)) is None:
                names = named[together] = tuple(map(self._name, together))
            if setpoint.charger in together:
                place = together.index(setpoint.charger)
                names = (*names[:place], *names[place + 1 :])
            found[setpoint.charger] = names
        return found

    def _name(self, subentry: str) -> str:
        found = self._entry.subentries.get(subentry)
        return subentry if found is None else found.title


def _need(vehicle: VehicleView | None) -> float | None:
    """kWh that the vehicle at a charger still needs, where that is known."""
    if vehicle is None or vehicle.guest is None:
        return None
    return vehicle.guest.needed_kwh(vehicle.reading)
