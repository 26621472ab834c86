"""How a charge point answers its central system, message by message (OCPP 1.6)."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import ocpp.routing
from ocpp.v16 import call_result
from ocpp.v16.enums import (
    Action,
    AvailabilityStatus,
    ChargingProfileStatus,
    ClearChargingProfileStatus,
    ConfigurationStatus,
    DataTransferStatus,
    GetCompositeScheduleStatus,
    Reason,
    RemoteStartStopStatus,
    ResetStatus,
    TriggerMessageStatus,
    UnlockStatus,
)

from . import clock
from .profiles import TX, Profile, ProfileError, read_profile
from .station import Station

type Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_routing: Any = ocpp.routing  # the library has no types


def on(action: Action) -> Decorator:
    """Answer `action` with what the method returns."""
    return cast("Decorator", _routing.on(action))


def after(action: Action) -> Decorator:
    """Do this once `action` has been answered."""
    return cast("Decorator", _routing.after(action))


class Answers:
    """The handlers that an `ocpp` charge point routes to."""

    def __init__(
        self, station: Station, *, boot: Callable[[], None], restart: Callable[[Reason], None]
    ) -> None:
        """`boot()` sends a BootNotification again, `restart(reason)` restarts the charge point."""
        self._station, self._boot, self._restart = station, boot, restart

    def routes(self) -> Any:
        return _routing.create_route_map(self)

    # --- smart charging ----------------------------------------------------------------------------

    @on(Action.set_charging_profile)
    def on_set_charging_profile(self, connector_id: int, cs_charging_profiles: Any) -> Any:
        station, arrived = self._station, clock.now()
        before = station.limit(arrived)
        try:
            profile = read_profile(cs_charging_profiles, arrived, clock.parse)
            self._check(connector_id, profile)
            station.profiles.install(connector_id, profile)
        except ProfileError as error:
            station.record("profile_rejected", charger=station.id, why=str(error))
            return call_result.SetChargingProfile(status=ChargingProfileStatus.rejected)
        station.setpoint_received = arrived
        station.record(
            "profile",
            charger=station.id,
            purpose=profile.purpose,
            stack_level=profile.stack_level,
            duration=profile.duration,
            before=before,
            limit=station.limit(clock.now()),
        )
        return call_result.SetChargingProfile(status=ChargingProfileStatus.accepted)

    def _check(self, connector: int, profile: Profile) -> None:
        if connector not in (0, 1):
            raise ProfileError(f"There is no connector {connector}.")
        if profile.purpose == TX:
            running = self._station.transaction
            if running is None:
                raise ProfileError("A TxProfile needs a running transaction.")
            if profile.transaction not in (None, running.id):
                raise ProfileError(f"Transaction {profile.transaction} does not run here.")

    @on(Action.clear_charging_profile)
    def on_clear_charging_profile(
        self,
        id: int | None = None,  # noqa: A002 - the message's word
        connector_id: int | None = None,
        charging_profile_purpose: str | None = None,
        stack_level: int | None = None,
    ) -> Any:
        def wanted(connector: int, profile: Profile) -> bool:
            if id is not None:
                return profile.id == id
            return (
                connector_id in (None, connector)
                and charging_profile_purpose in (None, profile.purpose)
                and stack_level in (None, profile.stack_level)
            )

        found = self._station.profiles.clear(wanted)
        return call_result.ClearChargingProfile(
            status=ClearChargingProfileStatus.accepted
            if found
            else ClearChargingProfileStatus.unknown
        )

    @on(Action.get_composite_schedule)
    def on_get_composite_schedule(
        self, connector_id: int, duration: int, charging_rate_unit: str | None = None
    ) -> Any:
        if connector_id not in (0, 1):
            return call_result.GetCompositeSchedule(status=GetCompositeScheduleStatus.rejected)
        station, moment = self._station, clock.now()
        unit = charging_rate_unit or "A"
        running = station.transaction
        began = running.began if running else None
        periods = [
            {
                "start_period": round(start),
                "limit": round(limit if unit == "A" else station.profiles.watts(limit), 1),
                "number_phases": len(station.charger.wiring),
            }
            for start, limit in station.profiles.composite(moment, duration, began)
        ]
        schedule = {
            "duration": duration,
            "start_schedule": clock.iso(moment),
            "charging_rate_unit": unit,
            "charging_schedule_period": periods,
        }
        return call_result.GetCompositeSchedule(
            status=GetCompositeScheduleStatus.accepted,
            connector_id=connector_id,
            schedule_start=clock.iso(moment),
            charging_schedule=schedule,
        )

    # --- configuration -----------------------------------------------------------------------------

    @on(Action.get_configuration)
    def on_get_configuration(self, key: list[str] | None = None) -> Any:
        known, unknown = self._station.configuration.report(key or [])
        return call_result.GetConfiguration(configuration_key=known, unknown_key=unknown)

    @on(Action.change_configuration)
    def on_change_configuration(self, key: str, value: str) -> Any:
        return call_result.ChangeConfiguration(
            status=ConfigurationStatus(self._station.configuration.change(key, value))
        )

    # --- transactions ------------------------------------------------------------------------------

    @on(Action.remote_start_transaction)
    def on_remote_start_transaction(
        self,
        id_tag: str,
        connector_id: int = 1,
        charging_profile: Mapping[str, Any] | None = None,
    ) -> Any:
        profile = None
        try:
            if charging_profile:
                profile = read_profile(charging_profile, clock.now(), clock.parse)
        except ProfileError:
            return call_result.RemoteStartTransaction(status=RemoteStartStopStatus.rejected)
        possible = connector_id == 1 and (profile is None or profile.purpose == TX)
        accepted = possible and self._station.invite(id_tag, profile)
        return call_result.RemoteStartTransaction(
            status=RemoteStartStopStatus.accepted if accepted else RemoteStartStopStatus.rejected
        )

    @on(Action.remote_stop_transaction)
    def on_remote_stop_transaction(self, transaction_id: int) -> Any:
        running = self._station.transaction
        known = running is not None and running.id == transaction_id
        return call_result.RemoteStopTransaction(
            status=RemoteStartStopStatus.accepted if known else RemoteStartStopStatus.rejected
        )

    @after(Action.remote_stop_transaction)
    def after_remote_stop_transaction(self, transaction_id: int) -> None:
        running = self._station.transaction
        if running is not None and running.id == transaction_id:
            self._station.end(Reason.remote)

    @on(Action.unlock_connector)
    def on_unlock_connector(self, connector_id: int) -> Any:
        return call_result.UnlockConnector(
            status=UnlockStatus.unlocked if connector_id == 1 else UnlockStatus.not_supported
        )

    @after(Action.unlock_connector)
    def after_unlock_connector(self, connector_id: int) -> None:
        if connector_id == 1:
            self._station.end(Reason.unlock_command)

    # --- the charge point itself -------------------------------------------------------------------

    @on(Action.change_availability)
    def on_change_availability(self, connector_id: int, type: str) -> Any:  # noqa: A002
        if connector_id not in (0, 1):
            return call_result.ChangeAvailability(status=AvailabilityStatus.rejected)
        self._station.operative = type == "Operative"
        waits = not self._station.operative and self._station.transaction
        return call_result.ChangeAvailability(
            status=AvailabilityStatus.scheduled if waits else AvailabilityStatus.accepted
        )

    @on(Action.reset)
    def on_reset(self, **_: Any) -> Any:
        return call_result.Reset(status=ResetStatus.accepted)

    @after(Action.reset)
    def after_reset(self, type: str) -> None:  # noqa: A002 - the message's word
        self._restart(Reason.hard_reset if type == "Hard" else Reason.soft_reset)

    @on(Action.trigger_message)
    def on_trigger_message(self, requested_message: str, connector_id: int | None = None) -> Any:
        can = ("BootNotification", "Heartbeat", "MeterValues", "StatusNotification")
        if connector_id not in (None, 0, 1):
            return call_result.TriggerMessage(status=TriggerMessageStatus.rejected)
        known = requested_message in can
        return call_result.TriggerMessage(
            status=TriggerMessageStatus.accepted if known else TriggerMessageStatus.not_implemented
        )

    @after(Action.trigger_message)
    def after_trigger_message(
        self, requested_message: str, connector_id: int | None = None
    ) -> None:
        match requested_message:
            case "BootNotification":
                self._boot()
            case "Heartbeat":
                self._station.tell_heartbeat()
            case "MeterValues":
                self._station.tell_meter_values("Trigger")
            case "StatusNotification":
                if connector_id in (None, 0):
                    self._station.tell_whole_status()
                if connector_id in (None, 1):
                    self._station.tell_status()

    @on(Action.data_transfer)
    def on_data_transfer(self, **_: Any) -> Any:
        return call_result.DataTransfer(status=DataTransferStatus.unknown_vendor_id)
