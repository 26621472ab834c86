"""How the chargers of a site connect: at which address, encrypted or not, and from which networks."""

from collections.abc import Mapping
from dataclasses import dataclass
import errno
import ipaddress
import ssl
from typing import Any

from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .const import (
    CONF_CERTIFICATE,
    CONF_CLIENT_AUTHORITY,
    CONF_ENCRYPTION,
    CONF_KEY,
    CONF_NETWORKS,
    CONF_NEW_CHARGERS,
    CONF_OCPP,
    WEB_PATH,
)
from .devices.ocpp import PRIVATE, CertificateError, Network, Tls

NO_TLS, TLS_1_3, TLS_1_2 = ENCRYPTIONS = ("none", "tls_1_3", "tls_1_2")

type Address = tuple[str, int]


class DoorError(Exception):
    """A port cannot be listened on; `key` is the text that says what to do, shown beside `field`."""

    def __init__(self, field: str, key: str, **placeholders: str) -> None:
        """Say which text, and its placeholders."""
        super().__init__(key)
        self.field = field
        self.key = key
        self.placeholders = placeholders


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """What a port is opened with."""

    address: Address
    tls: Tls | None
    networks: tuple[Network, ...]
    new_chargers: bool = True
    """Chargers that nobody knows may introduce themselves; else they get 404."""


def address_of(entry: ConfigEntry[Any]) -> Address:
    """Where the chargers of a site connect."""
    ocpp: Mapping[str, Any] = entry.data[CONF_OCPP]
    return ocpp[CONF_HOST], ocpp[CONF_PORT]


@callback
def listening_of(hass: HomeAssistant, ocpp: Mapping[str, Any]) -> Listening:
    """What a site's settings of OCPP ask for. Raises DoorError where there is no certificate."""
    return Listening(
        address=(ocpp[CONF_HOST], ocpp[CONF_PORT]),
        tls=_tls_of(hass, ocpp),
        networks=networks_of(ocpp),
        new_chargers=introduces(ocpp),
    )


def introduces(ocpp: Mapping[str, Any]) -> bool:
    """Whether new chargers may introduce themselves: at first they may, so that a site can be set up."""
    return bool(ocpp.get(CONF_NEW_CHARGERS, True))


def networks_of(ocpp: Mapping[str, Any]) -> tuple[Network, ...]:
    """From which networks chargers may call: a home's own, where nothing else is set."""
    networks = ocpp.get(CONF_NETWORKS)
    return PRIVATE if networks is None else tuple(map(ipaddress.ip_network, networks))


def _tls_of(hass: HomeAssistant, ocpp: Mapping[str, Any]) -> Tls | None:
    encryption = ocpp.get(CONF_ENCRYPTION, NO_TLS)
    if encryption == NO_TLS:
        return None
    certificate, key = ocpp.get(CONF_CERTIFICATE), ocpp.get(CONF_KEY)
    if certificate is None:
        certificate, key = hass.http.ssl_certificate, hass.http.ssl_key
    if certificate is None:
        raise DoorError(CONF_CERTIFICATE, "certificate_missing")
    return Tls(
        certificate=certificate,
        # One file may hold both.
        key=key or certificate,
        client_authority=ocpp.get(CONF_CLIENT_AUTHORITY),
        allow_1_2=encryption == TLS_1_2,
    )


async def async_context(hass: HomeAssistant, tls: Tls | None) -> ssl.SSLContext | None:
    """Read the certificates. Raises DoorError."""
    if tls is None:
        return None
    try:
        return await hass.async_add_executor_job(tls.context)
    except CertificateError as error:
        raise DoorError(error.part, f"{error.part}_invalid", error=str(error)) from error


@callback
def charger_address(hass: HomeAssistant, ocpp: Mapping[str, Any]) -> str:
    """What to enter in a charger as the address of its central system, for the port of our own."""
    host, port = ocpp[CONF_HOST], ocpp[CONF_PORT]
    if host in ("0.0.0.0", "::"):
        host = _home(hass).host or host
    scheme = "ws" if ocpp.get(CONF_ENCRYPTION, NO_TLS) == NO_TLS else "wss"
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"


@callback
def web_address(hass: HomeAssistant) -> str:
    """The same for Home Assistant's own web server."""
    home = _home(hass)
    scheme = "wss" if home.scheme == "https" else "ws"
    return str(home.with_scheme(scheme).with_path(WEB_PATH))


def _home(hass: HomeAssistant) -> URL:
    try:
        return URL(get_url(hass, allow_external=False, allow_cloud=False))
    except NoURLAvailableError:
        return URL("http://homeassistant.local:8123")


def door_error(error: BaseException) -> DoorError:
    """What an error of the system means when a port is opened."""
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return DoorError(CONF_PORT, "port_in_use")
        case errno.EACCES | errno.EPERM:
            return DoorError(CONF_PORT, "port_refused")
        case _:
            return DoorError(CONF_HOST, "listen_address_foreign")
