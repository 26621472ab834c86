"""What a person may ask of a charge point that speaks OCPP 1.6: start, stop, unlock, restart, settings."""

from collections.abc import Mapping
from typing import override

from ocpp.v16 import call
from ocpp.v16.enums import AvailabilityType, MessageTrigger, ResetType

from ... import DeviceRefusedError
from ..cards import TAG
from ..clock import written
from ..wire import is_secret
from .commands import Commands, configuration_of

TRIGGERS = tuple(trigger.value for trigger in MessageTrigger)
DONE = ("Accepted", "Unlocked", "Scheduled")


class Remote(Commands):
    """What people can ask of an outlet."""

    @override
    async def start(self) -> None:
        self._done(
            await self._ask(call.RemoteStartTransaction(id_tag=TAG, connector_id=self._connector)),
            "to start. Is a car plugged in, and does the charger allow remote starts?",
        )

    @override
    async def stop(self, transaction: int) -> None:
        self._done(
            await self._ask(call.RemoteStopTransaction(transaction_id=transaction)),
            "to stop; perhaps its session has ended already",
        )

    @override
    async def unlock(self) -> None:
        self._done(
            await self._ask(call.UnlockConnector(connector_id=self._connector)),
            "to unlock its plug. A charger with a fixed cable has none to unlock",
        )

    @override
    async def restart(self, *, at_once: bool) -> None:
        kind = ResetType.hard if at_once else ResetType.soft
        self._done(await self._ask(call.Reset(type=kind)), "to restart")

    @override
    async def set_availability(self, *, available: bool) -> None:
        kind = AvailabilityType.operative if available else AvailabilityType.inoperative
        request = call.ChangeAvailability(connector_id=self._connector, type=kind)
        self._done(await self._ask(request), f"to become {kind.value.lower()}")

    @override
    async def update_firmware(self, location: str, at: float) -> None:
        # Its answer is empty; what becomes of it the charger tells by and by.
        await self._ask(call.UpdateFirmware(location=location, retrieve_date=written(at)))

    @override
    async def send_diagnostics(self, location: str) -> str | None:
        name = (await self._ask(call.GetDiagnostics(location=location))).get("fileName")
        return str(name) if name else None

    @override
    async def trigger(self, message: str) -> None:
        if message not in TRIGGERS:
            raise DeviceRefusedError(
                f"{message!a} is no message of OCPP 1.6. There are {', '.join(TRIGGERS)}."
            )
        needs_connector = message in ("StatusNotification", "MeterValues")
        self._done(
            await self._ask(
                call.TriggerMessage(
                    requested_message=MessageTrigger(message),
                    connector_id=self._connector if needs_connector else None,
                )
            ),
            f"to send {message}",
        )

    @override
    async def read_configuration(self, keys: list[str]) -> Mapping[str, tuple[str, bool]]:
        if any(is_secret(key) for key in keys):
            raise DeviceRefusedError(
                "A charger's password is never shown. Choose 'Change charger', and let a new one be made."
            )
        answer = await self._ask(call.GetConfiguration(key=keys or None))
        known = configuration_of(answer.get("configurationKey"))
        return {key: value for key, value in known.items() if not is_secret(key)}

    @override
    async def write_configuration(self, key: str, value: str) -> bool:
        if is_secret(key):
            raise DeviceRefusedError(
                f"{key} is the charger's password. Choose 'Change charger', and let a new one be made."
            )
        answer = await self._ask(call.ChangeConfiguration(key=key, value=value))
        if answer.get("status") == "RebootRequired":
            return False
        self._done(answer, f"{value!a} for {key}. It is read-only, unknown to it, or out of bounds")
        return True

    def _done(self, answer: Mapping[str, object], what: str) -> None:
        status = answer.get("status")
        if status not in DONE:
            raise DeviceRefusedError(
                f"{self._identity} does not want {what}. It answered {status!a}."
                if not what.startswith("to ")
                else f"{self._identity} refuses {what}. It answered {status!a}."
            )
