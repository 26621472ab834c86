"""Tells in one line of callers that speak no HTTP, where the web server would log a traceback for each."""

import logging

from aiohttp.http import HttpProcessingError

_LOGGER = logging.getLogger(__name__)

NO_HTTP = "ocpp-no-http"  # the code in the log
REMEMBERED = 1000  # callers


class HttpFaults:
    """Stands in the place of the web server's own logger."""

    def __init__(self) -> None:
        """Nobody was told of yet."""
        self._told: set[str] = set()

    def debug(self, text: str, *args: object, exc_info: object = None) -> None:
        """Hear of what the server takes for the noise of a public address: at home it is worth a line."""
        if isinstance(exc_info, HttpProcessingError):
            self._tell(exc_info, *args)
        else:
            _LOGGER.debug(text, *args)

    def exception(self, text: str, *args: object, exc_info: BaseException | None = None) -> None:
        """Hear of what failed."""
        if isinstance(exc_info, HttpProcessingError):
            self._tell(exc_info, *args)
        else:
            _LOGGER.error(text, *args, exc_info=exc_info)

    def _tell(self, error: HttpProcessingError, remote: object = "?", *_: object) -> None:
        who, why = str(remote), " ".join(error.message.split())[:80]
        level = logging.DEBUG if who in self._told else logging.WARNING
        if len(self._told) < REMEMBERED:
            self._told.add(who)
        _LOGGER.log(level, "Somebody at %s speaks no HTTP: %a (%s)", who, why, NO_HTTP)
