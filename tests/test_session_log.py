"""The list of sessions is on disk when it matters, and is written rarely: memory cards wear."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.devices.events import SessionBegan, SessionMeasured
from custom_components.fusewise.devices.ocpp import ChargerSettings, OcppCharger
from custom_components.fusewise.session_log import READINGS_EVERY, SOON, SessionLog
from custom_components.fusewise.sessions import MOST
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

KEY = "fusewise.sessions.home"


@pytest.fixture
def charger() -> OcppCharger:
    return OcppCharger("garage", ChargerSettings(), lambda: 0.0)


@pytest.fixture
async def log(hass: HomeAssistant, charger: OcppCharger) -> SessionLog:
    log = SessionLog(hass, "home")
    await log.async_load()
    log.follow({"id_of_garage": charger})
    return log


def decided(at: float) -> Decision:
    return Decision(time=at, setpoints=(), circuits=(), notices=(), memory=Memory())


async def a_moment_later(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SOON + 1))
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_session_is_on_disk_soon_after_its_begin_and_its_readings_now_and_then(
    hass: HomeAssistant, log: SessionLog, charger: OcppCharger, hass_storage: dict[str, Any]
) -> None:
    def kept() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = hass_storage.get(KEY, {"data": {"sessions": []}})["data"][
            "sessions"
        ]
        return rows

    charger.events.tell(SessionBegan(session="one", at=0.0, register=0.0))
    await a_moment_later(hass)
    assert [row["id"] for row in kept()] == ["one"]
    written = []
    for minute in range(61):
        at = 60.0 * minute
        reading = SessionMeasured(session="one", at=at, transaction=1, register=at, power=3600.0)
        charger.events.tell(reading)
        log.decided(decided(at))
        await a_moment_later(hass)
        written.append(kept()[0]["energy_wh"])
    # Once in fifteen minutes, and each time all that was measured by then.
    quarters = [minute * 60.0 for minute in range(0, 61, int(READINGS_EVERY / 60))]
    assert sorted(set(written)) == quarters
    # A stop in between loses nothing.
    charger.events.tell(
        SessionMeasured(session="one", at=3660.0, transaction=1, register=3660.0, power=3600.0)
    )
    await log.async_keep()
    assert kept()[0]["energy_wh"] == 3660.0


async def test_a_list_of_thousands_is_kept_whole(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    rows = [
        {"id": str(n), "charger": f"charger {n % 9}", "began": float(n), "ended": n + 0.5}
        for n in range(MOST)
    ]
    hass_storage[KEY] = {"version": 1, "key": KEY, "data": {"sessions": rows, "forgotten": {}}}
    log = SessionLog(hass, "home")
    await log.async_load()
    newest = log.sessions.last("charger 8")
    assert newest is not None
    assert newest.began == MOST - 1 - (MOST - 1 - 8) % 9
    await log.async_close()
    assert [row["id"] for row in hass_storage[KEY]["data"]["sessions"]] == [
        row["id"] for row in rows
    ]
