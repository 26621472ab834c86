"""The password of a charger: made for it, shown once to its owner, and kept only as a hash.

OCPP's AuthorizationKey is 16 to 20 bytes, written as hexadecimal digits. Some chargers send those bytes when
they connect, as the standard says, and some the digits as they were typed: both are the same password.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

LENGTH = 16  # bytes; as 32 digits it is also a password that OCPP 2.x takes
LONGEST = 40  # characters
SLOW = "scrypt:"


def new_password() -> str:
    """Return a password that nobody has yet."""
    return secrets.token_hex(LENGTH)


def can_be(password: str) -> bool:
    """Tell whether OCPP takes a password that somebody has thought of, in all security profiles that have one."""
    return LENGTH <= len(password) <= LONGEST and password.isascii() and password.isprintable()


def hashed(password: str) -> str:
    """Return what is stored of a password.

    One round of SHA-256 is enough where the password is 128 random bits: there is nothing to guess, and
    five hundred chargers that come back at once must not wait for each other. What a person has thought of
    could be guessed, so it is hashed slowly; that blocks for some ms.
    """
    salt = secrets.token_bytes(LENGTH)
    if len(_as_bytes(password.encode())) < len(password):
        return f"{salt.hex()}:{_digest(salt, password.encode())}"
    return f"{SLOW}{salt.hex()}:{_slow_digest(salt, password.encode())}"


def is_slow(stored: str) -> bool:
    """Tell whether it takes a moment to look whether a password fits."""
    return stored.startswith(SLOW)


def fits(stored: str, given: bytes) -> bool:
    """Tell whether a charger gave the password of which `stored` was kept."""
    salt, _, digest = stored.removeprefix(SLOW).partition(":")
    make = _slow_digest if is_slow(stored) else _digest
    return hmac.compare_digest(digest, make(bytes.fromhex(salt), given))


def password_in(authorization: str | None, identity: str) -> bytes | None:
    """Return the password in an Authorization header, which may be any bytes; None where there is none.

    The user name should be the identity. What else a charger was given there does not matter: a password
    belongs to one identity, that of the address.
    """
    if (pair := _pair_in(authorization)) is None:
        return None
    named = f"{identity}:".encode()
    if pair.startswith(named):
        return pair[len(named) :]
    _, colon, password = pair.partition(b":")
    return password if colon else None


def user_in(authorization: str | None) -> str | None:
    """Return the user name in an Authorization header; None where there is none."""
    user, colon, _ = (_pair_in(authorization) or b"").partition(b":")
    try:
        return user.decode() if colon else None
    except UnicodeDecodeError:
        return None


def _pair_in(authorization: str | None) -> bytes | None:
    kind, _, encoded = (authorization or "").strip().partition(" ")
    if kind.lower() != "basic":
        return None
    encoded = encoded.strip().rstrip("=")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error, ValueError:
        return None


def _digest(salt: bytes, given: bytes) -> str:
    return hashlib.sha256(salt + _as_bytes(given)).hexdigest()


def _slow_digest(salt: bytes, given: bytes) -> str:
    return hashlib.scrypt(given, salt=salt, n=2**12, r=8, p=1).hex()


def _as_bytes(given: bytes) -> bytes:
    """Return the bytes that 32 to 40 digits stand for; anything else as it is."""
    if 2 * LENGTH <= len(given) <= LONGEST:
        try:
            return binascii.unhexlify(given)
        except binascii.Error:
            pass
    return given
