"""A car that charges at a box, and what the box is told of it."""

from collections.abc import AsyncIterator
import contextlib

from custom_components.fusewise.devices.ocpp import CentralSystem, OcppCharger

from .box import Box, at_home
from .conftest import Eventually


def told(box: Box) -> list[float]:
    """The limits of the session that it was told."""
    profiles = [
        payload["csChargingProfiles"]
        for action, payload in box.heard
        if action == "SetChargingProfile"
    ]
    return [
        each["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"]
        for each in profiles
        if each["chargingProfilePurpose"] == "TxProfile"
    ]


@contextlib.asynccontextmanager
async def charging(
    box: Box, central: CentralSystem, charger: OcppCharger, eventually: Eventually
) -> AsyncIterator[None]:
    """A car charges at it, and its transaction is no news any more."""
    async with at_home(box, central):
        await eventually(lambda: charger.armed is not None)
        await box.plug()
        box.clock.advance(5)
        yield
