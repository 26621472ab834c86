"""Encryption of the port that chargers connect to: OCPP's security profiles 2 and 3.

The certificate may be Home Assistant's own. With an authority for client certificates, only chargers with a
certificate of it come in, each under the identity that is its common name.
"""

from dataclasses import dataclass
import ssl

from .. import DeviceError

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
