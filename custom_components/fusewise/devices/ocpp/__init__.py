"""Chargers that connect to Home Assistant by themselves, with the Open Charge Point Protocol (1.6J)."""

from ..events import Attempt, SessionBegan, SessionEnded, SessionEvent, SessionMeasured
from .cards import plain_card
from .central_system import CentralSystem, ListenError, listened_on
from .charger import OcppCharger
from .gate import PRIVATE, Network, Refusal, Visit
from .learnt import Learnt
from .outlets import FIRST, outlet, station_of
from .passwords import can_be as password_can_be, hashed, new_password
from .settings import ChargerSettings
from .station import PasswordChange, StationInfo
from .tls import CertificateError, Tls
from .traits import Known
from .transport import identity_in
from .ways import Way

__all__ = [
    "FIRST",
    "PRIVATE",
    "Attempt",
    "CentralSystem",
    "CertificateError",
    "ChargerSettings",
    "Known",
    "Learnt",
    "ListenError",
    "Network",
    "OcppCharger",
    "PasswordChange",
    "Refusal",
    "SessionBegan",
    "SessionEnded",
    "SessionEvent",
    "SessionMeasured",
    "StationInfo",
    "Tls",
    "Visit",
    "Way",
    "hashed",
    "identity_in",
    "listened_on",
    "new_password",
    "outlet",
    "password_can_be",
    "plain_card",
    "station_of",
]
