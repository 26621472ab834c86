"""Where there are a thousand entities, nobody waits until all of them have taken over what is new."""

import asyncio
from functools import partial
from itertools import pairwise
import logging

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.spreading import TOGETHER, SpreadingCoordinator
from homeassistant.core import HomeAssistant

MANY = 10 * TOGETHER


@pytest.fixture
def coordinator(hass: HomeAssistant) -> SpreadingCoordinator[int]:
    entry = MockConfigEntry()
    entry.add_to_hass(hass)
    return SpreadingCoordinator(hass, logging.getLogger(__name__), config_entry=entry, name="test")


async def test_something_else_has_its_turn_before_everybody_has_seen_it(
    hass: HomeAssistant, coordinator: SpreadingCoordinator[int]
) -> None:
    seen: list[int] = []
    for number in range(MANY):
        coordinator.async_add_listener(partial(seen.append, number))
    between: list[int] = []

    async def something_else() -> None:
        while len(seen) < MANY:
            between.append(len(seen))
            await asyncio.sleep(0)

    coordinator.async_set_updated_data(1)
    await something_else()
    assert between[0] == TOGETHER
    assert max(after - before for before, after in pairwise(between)) <= (2 * TOGETHER)
    assert seen == list(range(MANY))


async def test_everybody_sees_the_newest_however_often_there_is_something_new(
    hass: HomeAssistant, coordinator: SpreadingCoordinator[int]
) -> None:
    shown = dict.fromkeys(range(MANY), 0)
    for number in range(MANY):

        def show(number: int = number) -> None:
            shown[number] = coordinator.data

        coordinator.async_add_listener(show)
    for news in range(1, 30):
        coordinator.async_set_updated_data(news)
        await asyncio.sleep(0)
    # Nobody was left out while it went on.
    assert min(shown.values()) > 0
    await hass.async_block_till_done()
    assert set(shown.values()) == {29}


async def test_who_has_left_is_not_called_and_who_fails_stops_nobody(
    hass: HomeAssistant,
    coordinator: SpreadingCoordinator[int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[int] = []

    def show(number: int) -> None:
        if number == 1:
            raise RuntimeError("broken")
        seen.append(number)

    leave = [coordinator.async_add_listener(partial(show, number)) for number in range(MANY)]
    coordinator.async_set_updated_data(1)
    leave[-1]()
    await hass.async_block_till_done()
    assert seen == [0, *range(2, MANY - 1)]
    assert "test could not show what is new" in caplog.text
