"""What a person asks of a charger is done by it, or the person reads why not."""

from collections.abc import AsyncGenerator
from typing import Any

from ocpp.v16 import call_result as _call_result
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er

from ..devices.ocpp.peer import Peer, WallClock
from .house import device_of, stored_site, until

call_result: Any = _call_result


@pytest.fixture
async def peer() -> AsyncGenerator[Peer]:
    """The garage's charge point, not connected yet."""
    peer = Peer(identity="garage", clock=WallClock())
    yield peer
    await peer.leave()


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int, peer: Peer) -> MockConfigEntry:
    """A site with the garage's charger, connected."""
    entry = MockConfigEntry(
        entry_id="id_of_home",
        title="Home",
        **stored_site(house.meter.port, ocpp_port, "garage"),
    )
    entry.add_to_hass(hass)
    for key in ("unlock", "restart"):
        er.async_get(hass).async_get_or_create(
            "button",
            "fusewise",
            f"id_of_garage_{key}",
            suggested_object_id=f"garage_{key}",
            disabled_by=None,
        )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await peer.connect(ocpp_port)
    return entry


async def press(hass: HomeAssistant, button: str) -> None:
    await until(
        lambda: (
            (state := hass.states.get(f"button.garage_{button}")) and state.state != "unavailable"
        )
    )
    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.garage_{button}"}, blocking=True
    )


async def act(hass: HomeAssistant, site: MockConfigEntry, action: str, **data: Any) -> Any:
    device = device_of(hass, site, "id_of_garage")
    return await hass.services.async_call(
        "fusewise",
        action,
        {"device_id": device.id} | data,
        blocking=True,
        return_response=action not in ("trigger_message", "set_availability", "update_firmware"),
    )


def asked(peer: Peer, action: str) -> list[dict[str, Any]]:
    return [payload for name, payload in peer.heard if name == action]


async def test_a_session_is_started_and_stopped_by_a_button(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer
) -> None:
    await press(hass, "start_charging")
    assert asked(peer, "RemoteStartTransaction") == [{"id_tag": "FUSEWISE", "connector_id": 1}]
    with pytest.raises(HomeAssistantError, match="no session that could be stopped"):
        await press(hass, "stop_charging")
    await peer.start()
    await press(hass, "stop_charging")
    assert asked(peer, "RemoteStopTransaction") == [{"transaction_id": peer.transaction}]


async def test_a_plug_is_unlocked_and_a_charger_restarted_by_a_button(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer
) -> None:
    await press(hass, "unlock")
    await press(hass, "restart")
    assert asked(peer, "UnlockConnector") == [{"connector_id": 1}]
    assert asked(peer, "Reset") == [{"type": "Soft"}]


async def test_what_a_charger_refuses_is_told_to_who_asked(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer
) -> None:
    peer.refuses = True
    with pytest.raises(HomeAssistantError, match="Is a car plugged in") as refusal:
        await press(hass, "start_charging")
    assert refusal.value.translation_key == "charger_refuses"
    with pytest.raises(HomeAssistantError, match="fixed cable"):
        await press(hass, "unlock")
    with pytest.raises(HomeAssistantError, match="refuses to restart"):
        await press(hass, "restart")


async def test_a_chargers_configuration_is_read_without_its_password(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer
) -> None:
    peer.configuration |= {"AuthorizationKey": ("secret", False), "Vendor.x": ("1", True)}
    told = await act(hass, site, "read_configuration")
    assert told["configuration"]["Vendor.x"] == {"value": "1", "read_only": True}
    assert "AuthorizationKey" not in told["configuration"]
    told = await act(hass, site, "read_configuration", keys=["ChargeProfileMaxStackLevel"])
    assert told == {
        "configuration": {"ChargeProfileMaxStackLevel": {"value": "8", "read_only": True}},
        "unknown_keys": [],
    }
    for key in ("AuthorizationKey", "authorizationKEY"):
        with pytest.raises(HomeAssistantError, match="password is never shown"):
            await act(hass, site, "read_configuration", keys=[key])


async def test_a_key_that_a_charger_does_not_know_is_named(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer
) -> None:
    peer.configuration["Vendor.x"] = ("1", True)
    told = await act(hass, site, "read_configuration", keys=["Vendor.x", "Vendor.y"])
    assert told["configuration"].keys() == {"Vendor.x"}
    assert told["unknown_keys"] == ["Vendor.y"]


async def test_a_chargers_configuration_is_changed_but_not_its_password(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer
) -> None:
    peer.restarts_for = frozenset({"Later"})
    assert await act(hass, site, "write_configuration", key="Now", value="1") == {
        "restart_needed": False
    }
    assert await act(hass, site, "write_configuration", key="Later", value="1") == {
        "restart_needed": True
    }
    assert peer.configuration["Now"] == ("1", False)
    for key in ("AuthorizationKey", "authorizationkey"):
        with pytest.raises(HomeAssistantError, match="Change charger"):
            await act(hass, site, "write_configuration", key=key, value="abc")
    with pytest.raises(HomeAssistantError, match="read-only"):
        await act(hass, site, "write_configuration", key="ChargeProfileMaxStackLevel", value="1")


async def test_a_charger_sends_a_message_when_it_is_asked_to(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer
) -> None:
    await act(hass, site, "trigger_message", message="StatusNotification")
    with pytest.raises(HomeAssistantError, match="no message of OCPP"):
        await act(hass, site, "trigger_message", message="Nonsense")


async def test_a_charger_is_taken_out_of_service_and_back(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer
) -> None:
    for available in (False, True):
        await act(hass, site, "set_availability", available=available)
    kinds = [payload["type"] for payload in asked(peer, "ChangeAvailability")]
    assert kinds == ["Inoperative", "Operative"]
    peer.refuses = True
    with pytest.raises(HomeAssistantError, match="refuses to become inoperative"):
        await act(hass, site, "set_availability", available=False)


async def test_a_charger_updates_its_firmware_and_sends_its_diagnostics(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer
) -> None:
    where = "http://192.0.2.1/new.bin"
    at = "2026-12-01T03:00:00+00:00"
    await act(hass, site, "update_firmware", location=where, at=at)
    assert asked(peer, "UpdateFirmware") == [
        {"location": where, "retrieve_date": "2026-12-01T03:00:00Z"}
    ]
    [charger] = site.runtime_data.chargers.values()
    await until(lambda: charger.notices == {"firmware": "Downloading"})
    assert await act(hass, site, "send_diagnostics", location="ftp://192.0.2.1/up") == {
        "file": "log.zip"
    }
    peer.refuses = True
    answer = await act(hass, site, "send_diagnostics", location="ftp://192.0.2.1/up")
    assert answer == {"file": None}
    with pytest.raises(vol.Invalid):
        await act(hass, site, "update_firmware", location="C:\\new.bin")


async def test_a_charger_that_is_away_cannot_be_asked(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer
) -> None:
    await peer.leave()
    [charger] = site.runtime_data.chargers.values()
    await until(lambda: not charger.reading.online)
    with pytest.raises(HomeAssistantError, match="not connected") as refusal:
        await act(hass, site, "read_configuration")
    assert refusal.value.translation_key == "charger_offline"


async def test_only_one_charger_can_be_asked_for_its_configuration(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    device = device_of(hass, site, site.entry_id)
    with pytest.raises(ServiceValidationError) as refusal:
        await act(hass, site, "read_configuration", device_id=device.id)
    assert refusal.value.translation_key == "not_an_ocpp_charger"
