"""The texts that go over a line: read without trust, written as the standard spells them, logged without passwords."""

from collections.abc import Callable
import json
from typing import TYPE_CHECKING, Any

from ocpp import charge_point

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# Configuration keys (OCPP 1.6 security whitepaper, OCPP 2) whose values are passwords, without capitals:
# these do not count in keys.
SECRET = ("authorizationkey", "basicauthpassword")

# The package has no types; these are the functions that we use of it.
_as_dict: Callable[[object], dict[str, Any]] = charge_point.serialize_as_dict
_camel: Callable[[object], Any] = charge_point.snake_to_camel_case
_without_nones: Callable[[dict[str, Any]], object] = charge_point.remove_nones


def read(text: str | bytes) -> Any:
    """Return what a text says. Raises ValueError, RecursionError where it is not JSON.

    Half a character (a surrogate alone) becomes a question mark: JSON may have one, but nothing that holds it
    can be stored or shown, so one card with it would cost the whole list of sessions. What is not UTF-8 becomes
    a sign of its own, so that a name in Latin-1 costs nothing but its letters.
    """
    plain = text if isinstance(text, str) else _decoded(text)
    message = json.loads(plain)
    if "\\ud" in plain or "\\uD" in plain:
        message = json.loads(json.dumps(message, ensure_ascii=False).encode(errors="replace"))
    return message


def _decoded(text: bytes) -> str:
    return text.decode(json.detect_encoding(text), errors="replace")


def payload_of(message: DataclassInstance) -> dict[str, Any]:
    """Return a message of the package as the standard spells it."""
    payload: dict[str, Any] = _camel(_without_nones(_as_dict(message)))
    return payload


def excerpt(text: str | bytes) -> str:
    """Return the beginning of a message, for a line of the log."""
    return ascii(loggable(text)[:80])


def is_secret(text: str) -> bool:
    """Return whether a key is that of a password, or a message holds such a key."""
    folded = text.casefold()
    return any(key in folded for key in SECRET)


def loggable(text: str | bytes) -> str:
    """Return a message as it may stand in a log: a password never does."""
    readable = text if isinstance(text, str) else text.decode(errors="replace")
    return "<a message with a password>" if is_secret(readable) else readable
