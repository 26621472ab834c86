"""A charge point that speaks OCPP 1.6: what it tells us, turned into what all chargers have in common."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, override

from ocpp.v16 import call_result, datatypes
from ocpp.v16.enums import (
    Action,
    AuthorizationStatus,
    ChargePointStatus,
    DataTransferStatus,
    RegistrationStatus,
)

from ....balancing.model import ChargerStatus
from ..cards import may_charge
from ..clock import parse, written
from ..measurands import MeterValues
from ..pace import Pace
from ..rpc import CallErrorCode, Fault, Handler, RefuseCall, Rpc, load_shapes
from ..shapes import Payload, Shape
from ..station import StationInfo
from ..transport import Line
from .profiles import CONNECTOR, STATION
from .remote import Remote

if TYPE_CHECKING:
    from ..charger import OcppCharger

VERSION = "1.6"
ACTIONS = frozenset(Action)
HANDLED = frozenset(
    {
        Action.authorize,
        Action.boot_notification,
        Action.data_transfer,
        Action.diagnostics_status_notification,
        Action.firmware_status_notification,
        Action.heartbeat,
        Action.log_status_notification,
        Action.meter_values,
        Action.security_event_notification,
        Action.signed_firmware_status_notification,
        Action.start_transaction,
        Action.status_notification,
        Action.stop_transaction,
    }
)

# What the standard demands and we can do without: refusing a message for it would lose more.
SPARED: Mapping[str, tuple[str, ...]] = {
    Action.status_notification: ("errorCode",),
    Action.start_transaction: ("meterStart", "timestamp"),
    Action.stop_transaction: ("meterStop", "timestamp"),
    Action.meter_values: ("connectorId",),
}

MOST_ENERGY = 1e10  # Wh; what shows more is no meter

HEARTBEAT = 60  # s
PENDING_RETRY = 30  # s until a charger that waits for adoption asks again

_STATUS = {
    ChargePointStatus.available: ChargerStatus.AVAILABLE,
    ChargePointStatus.preparing: ChargerStatus.PREPARING,
    ChargePointStatus.charging: ChargerStatus.CHARGING,
    ChargePointStatus.suspended_evse: ChargerStatus.SUSPENDED_EVSE,
    ChargePointStatus.suspended_ev: ChargerStatus.SUSPENDED_EV,
    ChargePointStatus.finishing: ChargerStatus.FINISHING,
    ChargePointStatus.reserved: ChargerStatus.UNAVAILABLE,
    ChargePointStatus.unavailable: ChargerStatus.UNAVAILABLE,
    ChargePointStatus.faulted: ChargerStatus.FAULTED,
}
# Chargers differ in capitals, and some write 'Suspended_EV'.
STATUS = {name.value.lower(): status for name, status in _STATUS.items()}


def shapes() -> Mapping[str, Shape]:
    """Read what messages must have from disk, which blocks."""
    return load_shapes(VERSION, HANDLED, SPARED)


def status_of(said: str) -> ChargerStatus | None:
    """Return what a charger's word for its status means."""
    return STATUS.get("".join(filter(str.isalpha, said)).lower())


class ChargePoint16(Remote):
    """One connection of one charge point. It is answered at once; nothing in a handler waits."""

    def __init__(
        self,
        identity: str,
        line: Line,
        time_of_day: Callable[[], float],
        knock: Callable[[StationInfo], None],
        shapes: Mapping[str, Shape],
        pace: Pace,
    ) -> None:
        """`knock` is told when a charge point boots, or asks something, that is not adopted."""
        handlers: dict[str, Handler] = {
            Action.boot_notification: self._boot,
            Action.heartbeat: self._heartbeat,
            Action.status_notification: self._status,
            Action.authorize: self._authorize,
            Action.start_transaction: self._start,
            Action.stop_transaction: self._stop,
            Action.meter_values: self._meter_values,
            Action.data_transfer: self._data_transfer,
            Action.firmware_status_notification: self._firmware_status,
            Action.diagnostics_status_notification: self._diagnostics_status,
            Action.signed_firmware_status_notification: self._signed_firmware_status,
            Action.log_status_notification: self._log_status,
            Action.security_event_notification: self._security_event,
        }
        rpc = Rpc(
            identity,
            line,
            actions=ACTIONS,
            handlers=handlers,
            shapes=shapes,
            pace=pace,
        )
        super().__init__(identity, rpc)
        self._time_of_day = time_of_day
        self._knock = knock
        self._info: StationInfo | None = None
        self._measures_connector = False
        # None: not adopted; it may do nothing but wait.
        self.charger: OcppCharger | None = None

    @property
    @override
    def info(self) -> StationInfo | None:
        return self._info

    def _boot(self, payload: Payload) -> call_result.BootNotification:
        self._info = info = StationInfo(
            identity=self._identity,
            vendor=payload["chargePointVendor"],
            model=payload["chargePointModel"],
            serial=payload.get("chargePointSerialNumber") or payload.get("chargeBoxSerialNumber"),
            firmware=payload.get("firmwareVersion"),
        )
        now = self._time_of_day()
        if self.charger is None:
            self._knock(info)
        else:
            self.charger.booted(self, now)
        return call_result.BootNotification(
            current_time=written(now),
            interval=PENDING_RETRY if self.charger is None else HEARTBEAT,
            status=RegistrationStatus.pending
            if self.charger is None
            else RegistrationStatus.accepted,
        )

    def _adopted(self) -> OcppCharger:
        if self.charger is None:
            if self._info is None:
                # It was accepted before we knew it, so it does not boot: all we know is its name.
                self._info = StationInfo(identity=self._identity)
                self._knock(self._info)
            raise RefuseCall(
                CallErrorCode.SECURITY, "Add this charger to Fusewise in Home Assistant first"
            )
        return self.charger

    def _heartbeat(self, _: Payload) -> call_result.Heartbeat:
        self._adopted()
        return call_result.Heartbeat(current_time=written(self._time_of_day()))

    def _status(self, payload: Payload) -> call_result.StatusNotification:
        # Its timestamp is that of the status, which may have begun long ago.
        charger = self._adopted()
        status = status_of(payload["status"])
        if status is None:
            self._rpc.complain(
                Fault.INVALID_PAYLOAD, f"has a status not known: {payload['status'][:50]!a}"
            )
        elif payload["connectorId"] == CONNECTOR:
            # That of connector 0, the station, is wrong on some (Autel), and tells nothing of a car.
            charger.status_changed(status)
        return call_result.StatusNotification()

    def _authorize(self, payload: Payload) -> call_result.Authorize:
        self._adopted()
        return call_result.Authorize(self._judged(payload["idTag"]))

    def _judged(self, card: str) -> datatypes.IdTagInfo:
        if may_charge(card, self._adopted().settings.cards):
            return _tag(AuthorizationStatus.accepted)
        # Who it was is for its owner to see, not for the log.
        self._rpc.complain(Fault.CARD_REFUSED, "was shown a card that may not charge here")
        return _tag(AuthorizationStatus.invalid)

    def _start(self, payload: Payload) -> call_result.StartTransaction:
        charger = self._adopted()
        if payload["connectorId"] != CONNECTOR:
            # What is not watched is not let through.
            self._rpc.complain(
                Fault.REFUSED,
                f"started on connector {payload['connectorId']}: Fusewise serves connector 1 only",
            )
            return call_result.StartTransaction(0, _tag(AuthorizationStatus.blocked))
        # A charger that did not get our answer sends the very same start again.
        stamp = payload.get("timestamp", "")
        attempt = (payload["idTag"], payload.get("meterStart", -1), stamp)
        # A card that may not charge begins a session all the same: some chargers go on, and what is drawn is
        # watched, limited and listed. Most end it at once.
        return call_result.StartTransaction(
            charger.started(attempt, parse(stamp)), self._judged(payload["idTag"])
        )

    def _stop(self, payload: Payload) -> call_result.StopTransaction:
        register = payload.get("meterStop", -1)
        self._adopted().stopped(
            payload["transactionId"],
            parse(payload.get("timestamp")),
            float(register) if 0 <= register <= MOST_ENERGY else None,
            payload.get("reason", "Local"),  # the standard's default
        )
        return call_result.StopTransaction(_tag(AuthorizationStatus.accepted))

    def _meter_values(self, payload: Payload) -> call_result.MeterValues:
        charger = self._adopted()
        transaction = payload.get("transactionId")
        if self._is_of_connector(payload.get("connectorId", CONNECTOR), charger.runs(transaction)):
            values = MeterValues(payload["meterValue"], charger.settings.wiring)
            if values.refused:
                self._rpc.complain(
                    Fault.INVALID_PAYLOAD,
                    f"measured the impossible, which counts as missing: {values.refused[0]}",
                )
            charger.measured(transaction, values)
        return call_result.MeterValues()

    def _is_of_connector(self, measured: int, of_transaction: bool) -> bool:
        """Tell whether a measurement is that of the connector that we serve."""
        if measured == CONNECTOR:
            self._measures_connector = True
        # Some measure for the station only; where both do, the station's may be those of more.
        of_station = measured == STATION and not self._measures_connector
        return measured == CONNECTOR or of_transaction or of_station

    def _data_transfer(self, _: Payload) -> call_result.DataTransfer:
        self._adopted()
        return call_result.DataTransfer(DataTransferStatus.unknown_vendor_id)

    def _firmware_status(self, payload: Payload) -> call_result.FirmwareStatusNotification:
        self._adopted().noted("firmware", payload["status"])
        return call_result.FirmwareStatusNotification()

    def _diagnostics_status(self, payload: Payload) -> call_result.DiagnosticsStatusNotification:
        self._adopted().noted("diagnostics", payload["status"])
        return call_result.DiagnosticsStatusNotification()

    # Of the security extension: a charger that is refused one of these may do nothing else any more.

    def _signed_firmware_status(
        self, payload: Payload
    ) -> call_result.SignedFirmwareStatusNotification:
        self._adopted().noted("firmware", payload["status"])
        return call_result.SignedFirmwareStatusNotification()

    def _log_status(self, payload: Payload) -> call_result.LogStatusNotification:
        self._adopted().noted("diagnostics", payload["status"])
        return call_result.LogStatusNotification()

    def _security_event(self, _: Payload) -> call_result.SecurityEventNotification:
        self._adopted()
        return call_result.SecurityEventNotification()


def _tag(status: AuthorizationStatus) -> datatypes.IdTagInfo:
    return datatypes.IdTagInfo(status=status)
