"""What we ask of a charge point that speaks OCPP 1.6, and what it means when it does not want to."""

from collections.abc import Callable, Mapping
import contextlib
from typing import TYPE_CHECKING, Any, override

from ocpp.v16 import call
from ocpp.v16.enums import ChargingRateUnitType as Unit, ConfigurationKey as Key, MessageTrigger

from ... import DeviceError, DeviceOfflineError, DeviceRefusedError
from ..measurands import CURRENT, Wiring
from ..quirks import quirk_of
from ..rpc import CallRefusedError, Rpc
from ..shapes import Payload
from ..station import LiveLimit, PasswordChange, Station, StationInfo
from ..transport import LineClosedError
from ..ways import LASTING, STACKED, Way
from . import profiles

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ASKED = (
    Key.charging_schedule_allowed_charging_rate_unit,
    Key.charge_profile_max_stack_level,
    Key.max_charging_profiles_installed,
    Key.meter_value_sample_interval,
    Key.meter_values_sampled_data,
    Key.connector_switch_3to1_phase_supported,
)

COMPOSITE = 60  # s of its schedule that a charger is asked for

# The most to the least. Only what is used: an ABB Terra that is given every measurand accepts, and boots
# for ever; a Wallbox with *.Offered refuses the list as a whole.
ENERGY = "Energy.Active.Import.Register"
MEASURANDS = (
    f"Current.Import,Voltage,Power.Active.Import,{ENERGY}",
    f"Current.Import,{ENERGY}",
    f"Power.Active.Import,{ENERGY}",
)


class Commands(Station):
    """What an outlet is asked to make it safe and to limit it."""

    def __init__(
        self, identity: str, connector: int, rpc: Rpc, about: Callable[[], StationInfo | None]
    ) -> None:
        """`about` tells what the charge point has said of itself."""
        self._identity = identity
        self._connector = connector
        self._rpc = rpc
        self._about = about
        self._shared = False
        self._unit = Unit.amps
        self._highest = 1
        self._most_profiles = 2
        self._configuration: Mapping[str, tuple[str, bool]] = {}
        self._taken: set[Way] = set()
        """How it has taken a limit over this connection."""

    @property
    @override
    def info(self) -> StationInfo | None:
        return self._about()

    @property
    @override
    def is_shared(self) -> bool:
        return self._shared

    def share(self, shared: bool) -> None:
        """Note whether other outlets of the charge point are chargers too."""
        self._shared = shared

    @property
    def _target(self) -> profiles.Target:
        return profiles.Target(connector=self._connector, is_shared=self._shared)

    @override
    async def announce(self) -> None:
        await self._trigger(MessageTrigger.boot_notification)

    @override
    async def learn(self, unit: str | None) -> None:
        answer = await self._ask(call.GetConfiguration(key=list(ASKED)))
        self._configuration = configuration = configuration_of(answer.get("configurationKey"))
        units, _ = configuration.get(Key.charging_schedule_allowed_charging_rate_unit, ("", True))
        # 'Current', 'Power' or both; some say 'A' and 'W'. Amperes where nothing is said.
        allowed = {unit.strip().lower() for unit in units.split(",")}
        only_watts = allowed & {"power", "w"} and not allowed & {"current", "a"}
        only_watts = only_watts or quirk_of(self.info).only_watts
        self._unit = Unit(unit) if unit else Unit.watts if only_watts else Unit.amps
        highest, _ = configuration.get(Key.charge_profile_max_stack_level, ("1", True))
        self._highest = int(highest) if highest.isdecimal() else 1
        most, _ = configuration.get(Key.max_charging_profiles_installed, ("", True))
        self._most_profiles = int(most) if most.isdecimal() else 2

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        if self._most_profiles == 1:
            return (Way.SINGLE,)
        ways = quirk_of(self.info).ways
        if self._highest <= 0:
            # With one level only, a limit would take the place of its fall-back.
            ways = tuple(way for way in ways if way not in STACKED)
        if self._shared:
            # The station's maximum is one for all outlets: one car might draw what two may.
            ways = tuple(way for way in ways if way is not Way.STATION_MAX)
        return ways or (Way.TX,)

    @property
    @override
    def in_watts(self) -> bool:
        return self._unit == Unit.watts

    @property
    @override
    def switches_phases(self) -> bool:
        said, _ = self._configuration.get(Key.connector_switch_3to1_phase_supported, ("", True))
        says_so = said.strip().lower() == "true" or quirk_of(self.info).switches_phases
        return says_so and not self.in_watts

    @override
    async def set_fallback(self, current: float, phases: int, wiring: Wiring, way: Way) -> None:
        if way is Way.STATION_MAX:
            await self._set(
                profiles.fallback(current, phases, self._unit, wiring, way, self._target),
                f"a maximum of {current:g} A (ChargePointMaxProfile)",
            )
            with contextlib.suppress(DeviceRefusedError):  # it may have none
                await self._ask(profiles.no_default())
            return
        await self._set(
            profiles.fallback(current, phases, self._unit, wiring, target=self._target),
            f"a default limit of {current:g} A (TxDefaultProfile). Without it the charger charges at "
            "its maximum whenever Home Assistant is away. Set a maximum current in the charger itself, "
            "or update its firmware",
        )

    @override
    async def forget_maximum(self) -> None:
        with contextlib.suppress(DeviceRefusedError):  # it may have none
            await self._ask(profiles.no_maximum())

    @override
    async def set_limit(self, limit: LiveLimit, wiring: Wiring, way: Way) -> None:
        try:
            await self._limit(limit, wiring, way)
        except DeviceRefusedError:
            if way in LASTING or way in self._taken or self._highest <= 0:
                raise
            # Some take the lowest level only, whatever they say (ABB Terra AC: evcc-io/evcc#15493,
            # lbbrhzn/ocpp#1737; Wallbox).
            said, self._highest = self._highest, 0
            try:
                await self._limit(limit, wiring, way)
            except DeviceError:
                self._highest = said
                raise
        self._taken.add(way)

    async def _limit(self, limit: LiveLimit, wiring: Wiring, way: Way) -> None:
        if way is Way.SINGLE:
            profile = profiles.single(limit, self._unit, wiring, self._target)
        else:
            profile = profiles.live(limit, self._unit, wiring, self._highest, way, self._target)
        await self._set(
            profile,
            f"a limit of {limit.current:g} A ({profiles.PURPOSES[way]}). Switch on smart charging in the charger's own "
            "settings, and switch off other load management there; or update its firmware",
        )

    @override
    async def clear(self) -> None:
        # Those of the other outlets stay.
        connector = self._connector if self._shared else None
        await self._ask(call.ClearChargingProfile(connector_id=connector))

    @override
    async def shown(self, wiring: Wiring) -> float | None:
        request = call.GetCompositeSchedule(
            connector_id=self._connector, duration=COMPOSITE, charging_rate_unit=self._unit
        )
        try:
            answer = await self._ask(request)
        except DeviceRefusedError:
            return None
        return profiles.shown(answer, self._unit, wiring)

    @override
    async def report(self) -> None:
        await self._trigger(MessageTrigger.status_notification, self._connector)
        await self._trigger(MessageTrigger.meter_values, self._connector)

    @override
    async def measure(self, interval: int) -> None:
        interval = max(interval, quirk_of(self.info).sample_interval)
        # Only what is not so already: writing configuration wears flash.
        now, readonly = self._configuration.get(Key.meter_value_sample_interval, ("", False))
        if not readonly and not (now.isdecimal() and 0 < int(now) <= interval):
            await self._change(Key.meter_value_sample_interval, str(interval))
        measured, readonly = self._configuration.get(Key.meter_values_sampled_data, ("", False))
        if readonly or CURRENT in measured.split(","):
            return
        for wanted in MEASURANDS:
            if await self._change(Key.meter_values_sampled_data, wanted):
                return

    async def change_password(self, password: str) -> PasswordChange:
        """Let the charge point use a password from its next connection on; never raises."""
        request = call.ChangeConfiguration(key=Key.authorization_key, value=password)
        try:
            status = (await self._ask(request)).get("status")
        except DeviceError:
            return PasswordChange.REFUSED
        if status == "RebootRequired":
            return PasswordChange.AFTER_RESTART
        return PasswordChange.TAKEN if status == "Accepted" else PasswordChange.REFUSED

    async def _change(self, key: Key, value: str) -> bool:
        """Change a configuration key; a charger that does not want to is fine."""
        try:
            answer = await self._ask(call.ChangeConfiguration(key=key, value=value))
        except DeviceRefusedError:
            return False
        return answer.get("status") in ("Accepted", "RebootRequired")

    async def _trigger(self, message: MessageTrigger, connector: int | None = None) -> None:
        # One that refuses tells by itself when there is something to tell.
        with contextlib.suppress(DeviceRefusedError):
            await self._ask(call.TriggerMessage(requested_message=message, connector_id=connector))

    async def _set(self, profile: call.SetChargingProfile, what: str) -> None:
        answer = await self._ask(profile)
        status = answer.get("status")
        if status == "NotSupported":
            raise DeviceRefusedError(
                f"{self._identity} does not support smart charging, so it cannot be limited. Switch it on "
                "in the charger's own OCPP settings, or update its firmware."
            )
        if status != "Accepted":
            raise DeviceRefusedError(f"{self._identity} rejects {what}. It answered {status!a}.")

    async def _ask(self, request: DataclassInstance) -> Payload:
        name = type(request).__name__
        try:
            return await self._rpc.call(request)
        except CallRefusedError as refusal:
            raise DeviceRefusedError(
                f"{self._identity} refuses {name} ({refusal}). Switch on smart charging in the charger's "
                "own OCPP settings, or update its firmware."
            ) from refusal
        except TimeoutError as error:
            raise DeviceOfflineError(
                f"{self._identity} did not answer {name} in time. If this lasts, restart the charger and "
                "check its network."
            ) from error
        except LineClosedError as error:
            raise DeviceOfflineError(
                f"{self._identity} has lost its connection; it comes back by itself. If it does not, check "
                "the charger's power and network."
            ) from error


def configuration_of(keys: Any) -> dict[str, tuple[str, bool]]:
    """Return key → (value, readonly) of whatever a charger answered."""
    return {
        str(item.get("key")): (str(item.get("value") or ""), bool(item.get("readonly")))
        for item in (keys if isinstance(keys, list) else ())
        if isinstance(item, Mapping)
    }
