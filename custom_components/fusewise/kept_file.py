"""The files beside a site: each is written whole, may be read by Home Assistant only, and is never replaced unread."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryError,
    HomeAssistantError,
    UnsupportedStorageVersionError,
)
from homeassistant.helpers.storage import Store

from .const import DOMAIN

VERSION = 1


class KeptFile[DataT: Mapping[str, Any]](Store[DataT]):
    """One file of one site."""

    def __init__(
        self, hass: HomeAssistant, key: str, *, serialize_in_event_loop: bool = True
    ) -> None:
        """Know where it is; nothing is read yet. `key` is unique among all sites."""
        super().__init__(
            hass,
            VERSION,
            f"{DOMAIN}.{key}",
            private=True,
            atomic_writes=True,
            serialize_in_event_loop=serialize_in_event_loop,
        )

    @override
    async def async_load(self) -> DataT | None:
        """What was kept; None: nothing was. One that is broken Home Assistant has put aside, and says so.

        Raises where it is there and cannot be read: to go on without it would be to write over it, and to let
        go of the limits in it.
        """
        try:
            return await super().async_load()
        except UnsupportedStorageVersionError as error:
            raise ConfigEntryError(
                translation_domain=DOMAIN,
                translation_key="kept_by_later_version",
                translation_placeholders={"file": self.path},
            ) from error
        except HomeAssistantError as error:
            raise ConfigEntryError(
                translation_domain=DOMAIN,
                translation_key="kept_unreadable",
                translation_placeholders={"file": self.path, "error": str(error)},
            ) from error
