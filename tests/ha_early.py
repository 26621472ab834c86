"""A pytest plugin that must load before every other one (addopts: -p tests.ha_early).

Home Assistant 2026.11 makes `httpx` and `voluptuous` aliases of httpx2 and probatio
when it is imported, and refuses if the real httpx is there already. respx, which
pytest loads by itself, imports httpx; so Home Assistant goes first.

pytest-homeassistant-custom-component 0.13.375 is made for 2026.10.4; the one name
it takes from Home Assistant that 2026.11.0 has moved is put back here.
"""

from homeassistant.components import logger
from homeassistant.components.logger import helpers

MOVED = "_clear_logger_overwrites"

if not hasattr(logger, MOVED):
    setattr(logger, MOVED, getattr(helpers, MOVED))
