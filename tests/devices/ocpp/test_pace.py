"""What many chargers say at once is done a little at a time, so that whatever else runs has its turns."""

import asyncio

import pytest

from custom_components.fusewise.devices.ocpp.pace import IN_ONE_TURN, USUAL, Turnstile


@pytest.mark.parametrize(
    ("length", "at_once"), [(0, IN_ONE_TURN), (2 * USUAL, 5), (100 * USUAL, 1)]
)
async def test_a_crowd_passes_a_few_at_a_time_and_long_messages_weigh_more(
    length: int, at_once: int
) -> None:
    turnstile = Turnstile()
    passed: list[int] = []

    async def one(number: int) -> None:
        await turnstile.turn(length)
        passed.append(number)

    crowd = asyncio.gather(*(one(number) for number in range(4 * at_once)))
    most = before = 0
    while not crowd.done():
        await asyncio.sleep(0)
        most, before = max(most, len(passed) - before), len(passed)
    assert passed == list(range(4 * at_once))  # in the order in which they came
    assert most == at_once


async def test_who_has_gone_while_waiting_takes_nobodys_turn() -> None:
    turnstile = Turnstile()
    crowd = [asyncio.ensure_future(turnstile.turn()) for _ in range(3 * IN_ONE_TURN)]
    await asyncio.sleep(0)
    for waiting in crowd[IN_ONE_TURN:-1]:
        waiting.cancel()
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await crowd[-1]
