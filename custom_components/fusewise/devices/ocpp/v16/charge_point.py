"""A charge point that speaks OCPP 1.6: what it tells us, turned into what all chargers have in common."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
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
from ..outlets import FIRST, MOST, outlet
from ..pace import Pace
from ..rpc import CallErrorCode, Fault, Handler, RefuseCall, Rpc, load_shapes
from ..shapes import Payload, Shape
from ..station import Connection, PasswordChange, StationInfo
from ..transactions import connector_of
from ..transport import Line
from .connectors import Connectors
from .profiles import STATION
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


class ChargePoint16(Connection):
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
        """`knock` is told when a charge point boots, or asks something, that is not adopted, or an outlet of it."""
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
            # Of the security extension: a charger that is refused one of these may do nothing else any more.
            # Their answers are as empty as those of the older two.
            Action.signed_firmware_status_notification: self._firmware_status,
            Action.log_status_notification: self._diagnostics_status,
            Action.security_event_notification: self._security_event,
        }
        self._identity = identity
        self._rpc = Rpc(
            identity,
            line,
            actions=ACTIONS,
            handlers=handlers,
            shapes=shapes,
            pace=pace,
        )
        self._time_of_day = time_of_day
        self._knock = knock
        self._info: StationInfo | None = None
        self._connectors = Connectors()
        self._offered: set[int] = set()
        self._outlets: dict[int, Remote] = {}
        # None: it may do nothing but wait.
        self._chargers: Mapping[int, OcppCharger] = {}

    @override
    def let_in(self, chargers: Mapping[int, OcppCharger]) -> None:
        before, self._chargers = self._chargers, dict(chargers)
        was_shared, is_shared = len(before) > 1, len(chargers) > 1
        for connector, charger in before.items():
            if chargers.get(connector) is not charger:
                charger.disconnected(self._outlets.pop(connector))
        for connector, charger in chargers.items():
            if before.get(connector) is charger and was_shared == is_shared:
                continue
            remote = self._outlets.get(connector) or Remote(
                charger.identity, connector, self._rpc, lambda: self._info
            )
            self._outlets[connector] = remote
            remote.share(is_shared)
            charger.connected(remote)

    @override
    async def serve(self) -> None:
        await self._rpc.serve()

    @override
    async def close(self, reason: str) -> None:
        await self._rpc.close(reason)

    @override
    async def change_password(self, password: str) -> PasswordChange:
        return await Remote(self._identity, STATION, self._rpc, lambda: self._info).change_password(
            password
        )

    # --- who it is ------------------------------------------------------------------------------------

    def _boot(self, payload: Payload) -> call_result.BootNotification:
        self._info = info = StationInfo(
            identity=self._identity,
            vendor=payload["chargePointVendor"],
            model=payload["chargePointModel"],
            serial=payload.get("chargePointSerialNumber") or payload.get("chargeBoxSerialNumber"),
            firmware=payload.get("firmwareVersion"),
        )
        now = self._time_of_day()
        if not self._chargers:
            self._knock(info)
        for connector, charger in self._chargers.items():
            charger.booted(self._outlets[connector], now)
        return call_result.BootNotification(
            current_time=written(now),
            interval=HEARTBEAT if self._chargers else PENDING_RETRY,
            status=RegistrationStatus.accepted if self._chargers else RegistrationStatus.pending,
        )

    def _adopted(self) -> Mapping[int, OcppCharger]:
        """The chargers that it is, by connector. Raises RefuseCall where it is nobody's."""
        if not self._chargers:
            if self._info is None:
                # It was accepted before we knew it, so it does not boot: all we know is its name.
                self._info = StationInfo(identity=self._identity)
                self._knock(self._info)
            raise RefuseCall(
                CallErrorCode.SECURITY, "Add this charger to Fusewise in Home Assistant first"
            )
        return self._chargers

    def _offer(self, connector: int) -> None:
        """Tell, once, of an outlet that is nobody's yet."""
        if connector not in self._offered and FIRST <= connector <= MOST:
            self._offered.add(connector)
            known = next(iter(self._chargers.values())).info
            info = self._info or known or StationInfo(identity=self._identity)
            self._knock(replace(info, identity=outlet(self._identity, connector)))

    # --- what it tells --------------------------------------------------------------------------------

    def _heartbeat(self, _: Payload) -> call_result.Heartbeat:
        self._adopted()
        return call_result.Heartbeat(current_time=written(self._time_of_day()))

    def _status(self, payload: Payload) -> call_result.StatusNotification:
        # Its timestamp is that of the status, which may have begun long ago.
        chargers = self._adopted()
        status = status_of(payload["status"])
        connector = self._connectors.of_status(payload["connectorId"], status)
        if status is None:
            self._rpc.complain(
                Fault.INVALID_PAYLOAD, f"has a status not known: {payload['status'][:50]!a}"
            )
        elif connector is not None and (charger := chargers.get(connector)) is not None:
            charger.status_changed(status)
        elif connector is not None:
            self._offer(connector)
        return call_result.StatusNotification()

    def _authorize(self, payload: Payload) -> call_result.Authorize:
        # It does not say for which outlet; a start does, and is judged again.
        return call_result.Authorize(self._judged(payload["idTag"], self._adopted().values()))

    def _judged(self, card: str, chargers: Iterable[OcppCharger]) -> datatypes.IdTagInfo:
        if any(may_charge(card, charger.settings.cards) for charger in chargers):
            return _tag(AuthorizationStatus.accepted)
        # Who it was is for its owner to see, not for the log.
        self._rpc.complain(Fault.CARD_REFUSED, "was shown a card that may not charge here")
        return _tag(AuthorizationStatus.invalid)

    def _start(self, payload: Payload) -> call_result.StartTransaction:
        connector = self._connectors.of_start(payload["connectorId"])
        charger = self._adopted().get(connector)
        if charger is None:
            # What is not watched is not let through.
            self._rpc.complain(
                Fault.REFUSED, f"started on connector {connector}, which is not added to Fusewise"
            )
            self._offer(connector)
            return call_result.StartTransaction(0, _tag(AuthorizationStatus.blocked))
        # A charger that did not get our answer sends the very same start again.
        stamp = payload.get("timestamp", "")
        register = payload.get("meterStart", -1)
        attempt = (payload["idTag"], register if register <= MOST_ENERGY else -1, stamp)
        # A card that may not charge begins a session all the same: some chargers go on, and what is drawn is
        # watched, limited and listed. Most end it at once.
        return call_result.StartTransaction(
            charger.started(attempt, parse(stamp)), self._judged(payload["idTag"], [charger])
        )

    def _stop(self, payload: Payload) -> call_result.StopTransaction:
        register, number = payload.get("meterStop", -1), payload["transactionId"]
        charger = self._charger_of(number)
        if number < 0 and len(self._chargers) == 1:
            # What began without a line has no number for some chargers: it is the one that runs.
            number = charger.transaction or number
        charger.stopped(
            number,
            parse(payload.get("timestamp")),
            float(register) if 0 <= register <= MOST_ENERGY else None,
            payload.get("reason", "Local"),  # the standard's default
        )
        return call_result.StopTransaction(_tag(AuthorizationStatus.accepted))

    def _charger_of(self, transaction: int) -> OcppCharger:
        """The charger at which a transaction runs, or has run: a message of its end names no connector."""
        chargers = self._adopted()
        first = chargers[min(chargers)]
        running = (charger for charger in chargers.values() if charger.runs(transaction))
        return next(running, chargers.get(connector_of(transaction, self._time_of_day()), first))

    def _meter_values(self, payload: Payload) -> call_result.MeterValues:
        chargers, transaction = self._adopted(), payload.get("transactionId")
        if isinstance(transaction, int) and transaction < 0:
            transaction = None  # as in the end of such a one
        runs = (connector for connector, each in chargers.items() if each.runs(transaction))
        measured = payload.get("connectorId", min(chargers))
        connector = self._connectors.of_measurement(measured, next(runs, None), len(chargers) > 1)
        charger = None if connector is None else chargers.get(connector)
        if charger is not None:
            values = MeterValues(payload["meterValue"], charger.settings.wiring)
            if values.refused:
                self._rpc.complain(
                    Fault.INVALID_PAYLOAD,
                    f"measured the impossible, which counts as missing: {values.refused[0]}",
                )
            charger.measured(transaction, values)
        return call_result.MeterValues()

    def _data_transfer(self, _: Payload) -> call_result.DataTransfer:
        self._adopted()
        return call_result.DataTransfer(DataTransferStatus.unknown_vendor_id)

    def _firmware_status(self, payload: Payload) -> call_result.FirmwareStatusNotification:
        self._note("firmware", payload)
        return call_result.FirmwareStatusNotification()

    def _diagnostics_status(self, payload: Payload) -> call_result.DiagnosticsStatusNotification:
        self._note("diagnostics", payload)
        return call_result.DiagnosticsStatusNotification()

    def _note(self, what: str, payload: Payload) -> None:
        for charger in self._adopted().values():
            charger.noted(what, payload["status"])

    def _security_event(self, _: Payload) -> call_result.SecurityEventNotification:
        self._adopted()
        return call_result.SecurityEventNotification()


def _tag(status: AuthorizationStatus) -> datatypes.IdTagInfo:
    return datatypes.IdTagInfo(status=status)
