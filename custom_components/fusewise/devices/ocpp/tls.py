"""Encryption of the port that chargers connect to: OCPP's security profiles 2 and 3.

The certificate may be Home Assistant's own. With an authority for client certificates, only chargers with a
certificate of it come in, each under the identity that is its common name.
"""

from dataclasses import dataclass
import logging
import ssl
from typing import override

from .. import DeviceError

_LOGGER = logging.getLogger(__name__)

# What TLS 1.2 may use: forward secrecy and AES-GCM (OCPP's security whitepaper, edition 3); both kinds of
# certificate. CBC is left out for its padding attacks.
CIPHERS_1_2 = "ECDHE+AESGCM"


class CertificateError(DeviceError):
    """A certificate or key cannot be used; `part` says which: certificate or client_authority."""

    def __init__(self, message: str, part: str) -> None:
        super().__init__(message)
        self.part = part


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What a port needs to speak TLS; the paths are those of PEM files."""

    certificate: str
    key: str
    client_authority: str | None = None
    """Who has signed the chargers' certificates; None: they need none, but their passwords."""
    allow_1_2: bool = False
    """Many chargers have nothing newer. TLS 1.3 only, otherwise."""

    def context(self) -> ssl.SSLContext:
        """Read the files; this blocks. Raises CertificateError."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = (
            ssl.TLSVersion.TLSv1_2 if self.allow_1_2 else ssl.TLSVersion.TLSv1_3
        )
        context.set_ciphers(CIPHERS_1_2)
        context.sslobject_class = _watched()
        self.renew(context)
        return context

    def renew(self, context: ssl.SSLContext) -> None:
        """Read the files again, for the connections to come; this blocks. Raises CertificateError."""
        try:
            # An empty password, because a locked key would ask for one on the terminal.
            context.load_cert_chain(self.certificate, self.key, password="")
        except (OSError, ValueError) as error:
            raise CertificateError(
                f"The certificate {self.certificate} with the key {self.key} cannot be used: {error}. Both "
                "are PEM files; the key is not encrypted and belongs to the certificate.",
                "certificate",
            ) from error
        if self.client_authority is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            try:
                context.load_verify_locations(self.client_authority)
            except (OSError, ValueError) as error:
                raise CertificateError(
                    f"The certificates of {self.client_authority} cannot be read: {error}. It is a PEM file "
                    "with the certificate of the authority that has signed those of the chargers.",
                    "client_authority",
                ) from error


# The codes in the log.
PLAIN_TO_TLS = "ocpp-plain-to-tls"
TLS_FAILED = "ocpp-tls-failed"

PLAIN = ("HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG")
WORDS = {
    "UNSUPPORTED_PROTOCOL": "it knows no version of TLS that is allowed; allow TLS 1.2 if it has that",
    "NO_SHARED_CIPHER": "it knows no cipher that is allowed, only older ones",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "it shows no certificate, and one is wanted",
    "CERTIFICATE_VERIFY_FAILED": "its certificate is not one of the authority that is set here",
    "CERTIFICATE_HAS_EXPIRED": "its certificate is out of date; give it a new one",
    "CERTIFICATE_IS_NOT_YET_VALID": "its certificate is not valid yet; is the clock of this machine right?",
    "TLSV1_ALERT_UNKNOWN_CA": "it does not trust this certificate; its authority must be known to the charger",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it does not take this certificate",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "it holds this certificate to be out of date; is its clock right?",
}


def _watched() -> type[ssl.SSLObject]:
    """Return what tells, once for each reason, why somebody could not come in; asyncio says nothing of it."""
    told: set[str] = set()

    class Handshake(ssl.SSLObject):
        @override
        def do_handshake(self) -> None:
            try:
                super().do_handshake()
            except ssl.SSLWantReadError:
                raise
            except ssl.SSLError as error:
                _tell(_reason_of(error), told)
                raise

    return Handshake


def _reason_of(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message.upper().replace(" ", "_")
        return why if why in WORDS else "CERTIFICATE_VERIFY_FAILED"
    return error.reason or ""


def _tell(reason: str, told: set[str]) -> None:
    level = logging.DEBUG if reason in told else logging.WARNING
    told.add(reason)
    if reason in PLAIN:
        _LOGGER.log(
            level,
            "Somebody calls without encryption (ws://) at the port for encryption (%s)",
            PLAIN_TO_TLS,
        )
    else:
        _LOGGER.log(
            level,
            "Somebody could not be encrypted with: %s (%s)",
            WORDS.get(reason, reason.replace("_", " ").lower() or "the line was cut"),
            TLS_FAILED,
        )
