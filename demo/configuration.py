"""A charge point's configuration keys, as OCPP 1.6 (section 9) names them."""

from collections.abc import Callable
from dataclasses import dataclass

from .profiles import MAX_PERIODS, MAX_PROFILES, MAX_STACK_LEVEL

MEASURANDS = (
    "Current.Import",
    "Current.Offered",
    "Voltage",
    "Power.Active.Import",
    "Energy.Active.Import.Register",
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key with its value; `accepts` is None where it is read-only."""

    value: str
    accepts: Callable[[str], bool] | None = None


def _number(text: str) -> bool:
    return text.isdecimal() and int(text) <= 86_400


def _truth(text: str) -> bool:
    return text.lower() in ("true", "false")


def _measurands(text: str) -> bool:
    return all(name.strip() in MEASURANDS for name in text.split(","))


def _tag(text: str) -> bool:
    return 0 < len(text) <= 20


class Configuration:
    """What a charge point was told to do, and what it says of itself."""

    def __init__(self, *, phase_rotation: str) -> None:
        """`phase_rotation` is OCPP's name for it: RST, STR, …, or NotApplicable."""
        measured = "Current.Import,Voltage,Power.Active.Import,Energy.Active.Import.Register"
        self._keys = {
            "AllowOfflineTxForUnknownId": Key("true"),
            "AuthorizeRemoteTxRequests": Key("false"),
            "ChargeProfileMaxStackLevel": Key(str(MAX_STACK_LEVEL)),
            "ChargingScheduleAllowedChargingRateUnit": Key("Current,Power"),
            "ChargingScheduleMaxPeriods": Key(str(MAX_PERIODS)),
            "ClockAlignedDataInterval": Key("0"),
            "ConnectionTimeOut": Key("60", _number),
            "ConnectorPhaseRotation": Key(f"0.{phase_rotation},1.{phase_rotation}"),
            "ConnectorSwitch3to1PhaseSupported": Key("false"),
            "GetConfigurationMaxKeys": Key("50"),
            "HeartbeatInterval": Key("300", _number),
            "LocalAuthorizeOffline": Key("true"),
            "MaxChargingProfilesInstalled": Key(str(MAX_PROFILES)),
            "MeterValuesSampledData": Key(measured, _measurands),
            "MeterValueSampleInterval": Key("10", _number),
            "NumberOfConnectors": Key("1"),
            "PlugAndCharge": Key("true", _truth),
            "PlugAndChargeIdentifier": Key("PLUGANDCHARGE", _tag),
            "StopTransactionOnEVSideDisconnect": Key("true"),
            "StopTransactionOnInvalidId": Key("true"),
            "SupportedFeatureProfiles": Key("Core,RemoteTrigger,SmartCharging"),
            "TransactionMessageAttempts": Key("3", _number),
            "UnlockConnectorOnEVSideDisconnect": Key("true"),
        }

    def __getitem__(self, name: str) -> str:
        return self._keys[name].value

    def number(self, name: str) -> int:
        return int(self._keys[name].value)

    def truth(self, name: str) -> bool:
        return self._keys[name].value.lower() == "true"

    def report(self, names: list[str]) -> tuple[list[dict[str, object]], list[str]]:
        """Return what GetConfiguration answers: the keys that there are, and the unknown ones."""
        known = [name for name in names or self._keys if name in self._keys]
        keys = [
            {
                "key": name,
                "readonly": self._keys[name].accepts is None,
                "value": self._keys[name].value,
            }
            for name in known
        ]
        return keys, [name for name in names if name not in self._keys]

    def change(self, name: str, value: str) -> str:
        """Return what ChangeConfiguration answers: Accepted, Rejected or NotSupported."""
        if (key := self._keys.get(name)) is None:
            return "NotSupported"
        if key.accepts is None or not key.accepts(value):
            return "Rejected"
        self._keys[name] = Key(value, key.accepts)
        return "Accepted"

    def set_heartbeat(self, seconds: int) -> None:
        """Take over the interval that the central system gave at boot."""
        self._keys["HeartbeatInterval"] = Key(str(seconds), _number)
