"""Turns what a charger answers to a person's wish into an error that the person can read."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .devices import DeviceError, DeviceOfflineError


@contextmanager
def asking() -> Iterator[None]:
    """Ask a charger for something in the block."""
    try:
        yield
    except DeviceError as error:
        offline = isinstance(error, DeviceOfflineError)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="charger_offline" if offline else "charger_refuses",
            translation_placeholders={"error": str(error)},
        ) from error
