"""A charge point's own mind: plug and charge, transactions, status, and the limit in force.

It goes on by itself when its line is lost: by its profiles, with transactions that it reports later. What
it says goes to `outbox`; `line` says it, `answers` answers the central system.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ocpp.v16 import call
from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus, Reason

from custom_components.fusewise.simulation import Car, Charger

from . import clock
from .configuration import Configuration
from .measured import meter_value
from .outbox import Message, Outbox
from .profiles import Profile, Profiles

REBOOT_SECONDS = 2.0
_METER_VALUES_KEPT = 1000  # a charge point's memory for readings of a lost line is not endless


@dataclass(slots=True, kw_only=True)
class Transaction:
    """One running transaction."""

    tag: str
    began: float
    meter_start: int
    id: int | None = None
    """None until the central system has given it one."""
    sample_due: float = 0.0


class Station:
    """One charge point: a `Charger` as physics, and the computer in it."""

    def __init__(
        self,
        charger: Charger,
        *,
        voltage: float,
        phase_rotation: str,
        record: Callable[..., object],
    ) -> None:
        """`record(kind, **details)` notes an event."""
        self.charger = charger
        self.voltage = voltage
        self.record = record
        self.configuration = Configuration(phase_rotation=phase_rotation)
        self.profiles = Profiles(
            phases=len(charger.wiring), voltage=voltage, maximum=charger.maximum
        )
        self.outbox = Outbox()
        self.transaction: Transaction | None = None
        self.operative = True
        self.online = False
        """The line is up, and the central system has accepted the boot."""
        self.setpoint_received: float | None = None
        """When the last SetChargingProfile arrived."""
        self._status = ChargePointStatus.available
        self._car_done = False
        """The transaction of the car that is plugged in is over, or its tag was refused."""
        self._authorizing = False
        self._invited: tuple[str, Profile | None, float] | None = None
        """A remote start that waits for a car: tag, profile, until when."""
        self._busy_until = 0.0

    @property
    def id(self) -> str:
        return self.charger.id

    @property
    def status(self) -> ChargePointStatus:
        if not self.operative and self.transaction is None:
            return ChargePointStatus.unavailable
        if self.charger.car is None:
            return ChargePointStatus.available
        if self.transaction is None:
            over = self._car_done
            return ChargePointStatus.finishing if over else ChargePointStatus.preparing
        if self.charger.car.current > 0.0:
            return ChargePointStatus.charging
        offered = self.charger.pilot > 0.0
        return ChargePointStatus.suspended_ev if offered else ChargePointStatus.suspended_evse

    def limit(self, moment: float) -> float:
        """A per phase that its profiles let through at `moment`."""
        return self.profiles.limit(moment, self.transaction.began if self.transaction else None)

    # --- what happens to it ------------------------------------------------------------------------

    def tick(self, moment: float) -> None:
        """Let its computer run once; called before each step of the physics."""
        if self.charger.powered and moment >= self._busy_until:
            self._start_if_wanted(moment)
        self.charger.enabled = self.transaction is not None
        self.charger.limit = self.limit(moment)
        self.tell_status(changed=True)
        self._sample(moment)

    def plug(self, car: Car) -> None:
        self.charger.plug(car)
        self._car_done = False

    def unplug(self) -> None:
        self.end(Reason.ev_disconnected)
        self.charger.unplug()

    def power_off(self) -> None:
        """Take its mains away: the car is cut off, and its computer is dead."""
        self.charger.powered = False

    def power_on(self) -> None:
        """Give its mains back: what ran before the loss is over."""
        self.charger.powered = True
        self.end(Reason.power_loss)
        self._car_done = False
        self._busy_until = clock.now() + REBOOT_SECONDS

    def reboot(self, reason: Reason) -> None:
        self.end(reason)
        self._car_done = False
        self._busy_until = clock.now() + REBOOT_SECONDS

    def line_lost(self) -> None:
        self.online = False
        self._authorizing = False
        self.outbox.line_lost()

    # --- transactions ------------------------------------------------------------------------------

    def invite(self, tag: str, profile: Profile | None) -> bool:
        """Start for `tag` now, or when a car comes in time; False if that cannot be."""
        if self.transaction or not self.operative:
            return False
        patience = self.configuration.number("ConnectionTimeOut")
        self._invited = (tag, profile, clock.now() + patience)
        return True

    def end(self, reason: Reason) -> None:
        """End the transaction, if one runs."""
        if (transaction := self.transaction) is None:
            return
        self.transaction = None
        self._car_done = True
        self.profiles.end_transaction()
        moment, meter = clock.now(), round(self.charger.energy_wh)

        def build() -> Any:
            return call.StopTransaction(
                meter_stop=meter,
                timestamp=clock.iso(moment),
                transaction_id=transaction.id or 0,
                reason=reason,
                id_tag=transaction.tag,
            )

        self.outbox.put(Message(build=build, kept=True))

    def _start_if_wanted(self, moment: float) -> None:
        if self._invited and moment > self._invited[2]:
            self._invited = None
        if self.charger.car is None or self.transaction or not self.operative:
            return
        if self._invited:
            tag, profile, _ = self._invited
            self._invited = None
            self._begin(tag, moment)
            if profile:
                self.profiles.install(1, profile)
        elif self.configuration.truth("PlugAndCharge") and not self._car_done:
            tag = self.configuration["PlugAndChargeIdentifier"]
            if self.online:
                self._authorize(tag)
            else:
                self._begin(tag, moment)

    def _authorize(self, tag: str) -> None:
        if self._authorizing:
            return
        self._authorizing = True

        def answered(answer: Any) -> None:
            self._authorizing = False
            if not _accepted(answer):
                self._car_done = True
            elif self.charger.car and not self.transaction:
                self._begin(tag, clock.now())

        self.outbox.put(Message(build=lambda: call.Authorize(id_tag=tag), answered=answered))

    def _begin(self, tag: str, moment: float) -> None:
        meter = round(self.charger.energy_wh)
        transaction = Transaction(tag=tag, began=moment, meter_start=meter, sample_due=moment)
        self.transaction = transaction

        def answered(answer: Any) -> None:
            if answer is not None:
                transaction.id = answer.transaction_id
            if not _accepted(answer) and self.transaction is transaction:
                self.end(Reason.de_authorized)

        def build() -> Any:
            return call.StartTransaction(
                connector_id=1, id_tag=tag, meter_start=meter, timestamp=clock.iso(moment)
            )

        self.outbox.put(Message(build=build, answered=answered, kept=True))

    # --- what it reports ---------------------------------------------------------------------------

    def tell_status(self, *, changed: bool = False) -> None:
        """Say how connector 1 is; with `changed` only if that is news."""
        status, news = self.status, self.status != self._status
        self._status = status
        if self.online and (news or not changed):
            self.outbox.put(Message(build=lambda: _status_of(1, status)))

    def tell_whole_status(self) -> None:
        """Say how the charge point itself is: after a boot, and when asked."""
        whole = ChargePointStatus.available if self.operative else ChargePointStatus.unavailable
        self.outbox.put(Message(build=lambda: _status_of(0, whole)))

    def tell_heartbeat(self) -> None:
        self.outbox.put(Message(build=call.Heartbeat))

    def tell_meter_values(self, context: str = "Sample.Periodic") -> None:
        """Say what it measures now."""
        measured = self.configuration["MeterValuesSampledData"]
        value = meter_value(self.charger, measured, self.voltage, clock.now(), context)
        transaction = self.transaction

        def build() -> Any:
            id_ = transaction.id if transaction else None
            return call.MeterValues(connector_id=1, meter_value=[value], transaction_id=id_)

        if self.online or len(self.outbox) < _METER_VALUES_KEPT:
            self.outbox.put(Message(build=build, kept=transaction is not None))

    def _sample(self, moment: float) -> None:
        interval = self.configuration.number("MeterValueSampleInterval")
        if not (interval and self.transaction and self.charger.powered):
            return
        if moment >= self.transaction.sample_due:
            self.transaction.sample_due = moment + interval
            self.tell_meter_values()


def _accepted(answer: Any) -> bool:
    # A central system that answers StartTransaction or Authorize with a CALLERROR has not said yes.
    return answer is not None and answer.id_tag_info["status"] == "Accepted"


def _status_of(connector: int, status: ChargePointStatus) -> Any:
    return call.StatusNotification(
        connector_id=connector,
        error_code=ChargePointErrorCode.no_error,
        status=status,
        timestamp=clock.iso(clock.now()),
    )
