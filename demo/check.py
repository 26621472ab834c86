"""Judge whoever controls the demo house: is its fuse held, and is its room used?

    python -m demo.check http://127.0.0.1:5080

steps the house's load up and down under a running demo, and prints one JSON object as its last line; the
exit code is 1 if the controller fails. Every figure comes from the demo's own record of the physics.
"""

import argparse
import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
import json
from statistics import median
import sys
from typing import Any

import aiohttp

from custom_components.fusewise.simulation import Account, Phase, account

from .record import read_sample
from .world import DT

LONGEST_ABOVE = 15.0  # s that a phase may stay above its rating
LEAST_USED = 80.0  # % of the room
_FLOOR = 6.0  # A, IEC 61851-1
_ANSWER_WITHIN = LONGEST_ABOVE  # s; a setpoint later than this answers something else
_LOWER = 0.05  # A; less is not a fall
_SPARE = 3.0  # A that a step leaves beside the cars' floors: it is meant to be met without a pause
_POLL = 0.5  # s
_LARGEST_STEP = 16.0  # A; an electric shower on one phase is about the most that a house does

SETTLE = 8.0  # s
HOLDS = (LONGEST_ABOVE + 1.5, 8.0)
"""s: a step must be able to last longer than a phase may stay above its rating."""
REST = 11.0  # s: long enough to come up again, with rises that wait 5 s and a car that takes 4


def _say_nothing(_: str) -> None:
    """Drive without a word."""


class CheckError(Exception):
    """The check cannot be made; the message says what to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the demo recorded while its load was stepped."""

    samples: list[dict[str, Any]]
    events: list[dict[str, Any]]
    rating: list[float]
    """A per phase."""


# --- judging ---------------------------------------------------------------------------------------


def judge(
    samples: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
    rating: Sequence[float],
) -> dict[str, Any]:
    """Return the figures of a run, `passed`, and why not: `failures`, in words.

    `samples` and `events` are the demo's (see `record`), `rating` is A per phase. `room_used_percent` is the
    share of what the cars took or could have taken besides (see simulation's `room`).
    """
    first, second, third = rating
    figures = account(map(read_sample, samples), (first, second, third), DT)
    reactions, unanswered = _reactions(samples, events, rating)
    failures = list(_failures(figures, reactions))
    return {
        "passed": not failures,
        "failures": failures,
        "seconds": round(len(samples) * DT, 1),
        "phases": {
            phase.name: {
                "longest_above_rating_s": round(figures.phases[phase].longest_above, 1),
                "ampere_seconds_above_rating": round(figures.phases[phase].ampere_seconds_above, 1),
                "room_used_percent": _percent(figures.phases[phase].share_used),
                "peak_a": round(figures.phases[phase].peak, 2),
            }
            for phase in Phase
        },
        "room_used_percent": _percent(figures.share_used),
        "step_to_setpoint_s": {
            "median": round(median(reactions), 3) if reactions else None,
            "max": round(max(reactions), 3) if reactions else None,
            "answered": len(reactions),
            "unanswered": unanswered,
        },
    }


def _failures(figures: Account, reactions: Sequence[float]) -> Iterator[str]:
    for phase in Phase:
        longest = figures.phases[phase].longest_above
        if longest > LONGEST_ABOVE + DT / 2:  # half a step: sums of steps are not exact
            yield f"{phase.name} stayed above its rating for {longest:.1f} s ({LONGEST_ABOVE:g} s at most)"
    used = _percent(figures.share_used)
    if used is None:
        yield "no car could charge, so there was nothing to share"
    elif used < LEAST_USED:
        yield f"only {used:.1f} % of the room was used ({LEAST_USED:g} % at least)"
    if not reactions:
        yield "no step of the load was answered with a lower setpoint"


def _reactions(
    samples: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
    rating: Sequence[float],
) -> tuple[list[float], int]:
    """Seconds from each step that demanded a fall, as soon as it was readable, to the first lower setpoint.

    A step demands a fall if it lifts its phase above the rating; a charger on that phase answers it. The
    second figure counts the steps that were not answered.
    """
    reactions, unanswered = [], 0
    for step in events:
        if step["kind"] != "step" or step["readable"] is None or step["amperes"] <= step["before"]:
            continue
        phase, readable = Phase[step["phase"]], step["readable"]
        shown = next((s for s in reversed(samples) if s["t"] <= readable), None)
        if shown is None or shown["fuse"][phase] <= rating[phase]:
            continue
        on_phase = {n for n, charger in shown["chargers"].items() if phase in charger["phases"]}
        answers = (
            event["t"] - readable
            for event in events
            if event["kind"] == "profile"
            and 0 <= event["t"] - readable <= _ANSWER_WITHIN
            and event["charger"] in on_phase
            and event["limit"] < event["before"] - _LOWER
        )
        if (reaction := min(answers, default=None)) is None:
            unanswered += 1
        else:
            reactions.append(reaction)
    return reactions, unanswered


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


# --- driving ---------------------------------------------------------------------------------------


def step_for(sample: Mapping[str, Any], rating: Sequence[float], phase: Phase) -> float:
    """The largest step (A) on `phase` that still leaves every car on it its floor."""
    floors = _FLOOR * sum(phase in charger["phases"] for charger in sample["chargers"].values())
    house: float = sample["house"][phase] - sample["sun"][phase]
    fits = rating[phase] - house - floors - _SPARE
    return round(max(1.0, min(_LARGEST_STEP, fits)), 1)


async def drive(
    control_url: str,
    *,
    settle: float = SETTLE,
    holds: Sequence[float] = HOLDS,
    rest: float = REST,
    patience: float = 60.0,
    say: Callable[[str], None] = _say_nothing,
) -> Run:
    """Step the load under the demo at `control_url`; return its record.

    Waits (`patience`, s) until all cars that are plugged in have charged for `settle` (s) without a break;
    there the record begins. Then for each of `holds` (s) steps each phase up for that long, with a `rest`
    (s) after it. Raises CheckError.
    """
    async with aiohttp.ClientSession(control_url) as session:
        try:
            began, rating = await _wait_until_cars_charge(session, settle, patience, say)
            for hold in holds:
                for phase in Phase:
                    sample = (await _get(session, "/state"))["sample"]
                    amperes = step_for(sample, rating, phase)
                    say(f"The house draws {amperes:g} A more on {phase.name}.")
                    await _step(session, phase, amperes)
                    await asyncio.sleep(hold)
                    await _step(session, phase, 0.0)
                    await asyncio.sleep(rest)
            samples = (await _get(session, f"/samples?since={began}"))["samples"]
            events = (await _get(session, f"/events?since={began}"))["events"]
        except aiohttp.ClientError as error:
            raise CheckError(f"The demo at {control_url} does not answer ({error}).") from error
    return Run(samples=samples, events=events, rating=rating)


async def check(control_url: str, say: Callable[[str], None] = _say_nothing) -> dict[str, Any]:
    """Drive and judge; what cannot be checked has not passed."""
    try:
        run = await drive(control_url, say=say)
    except CheckError as error:
        return {"passed": False, "failures": [str(error)]}
    return judge(run.samples, run.events, run.rating)


async def _wait_until_cars_charge(
    session: aiohttp.ClientSession, settle: float, patience: float, say: Callable[[str], None]
) -> tuple[float, list[float]]:
    """Return since when all cars have charged, and the rating."""
    say("Waiting until the cars charge.")
    began = None
    waited = 0.0
    while True:
        state = await _get(session, "/state")
        now, idle = state["now"], _idle(state)
        began = None if idle else began or now
        if began is not None and now - began >= settle:
            return began, state["rating"]
        if waited > patience + settle:
            why = ", ".join(idle) or "they stop again and again"
            raise CheckError(f"The cars do not charge after {patience:g} s: {why}.")
        await asyncio.sleep(_POLL)
        waited += _POLL


def _idle(state: Mapping[str, Any]) -> list[str]:
    """Which cars do not charge, in words."""
    plugged = {name: s for name, s in state["stations"].items() if s["plugged"]}
    cars = state["sample"].get("chargers", {})  # before the first step there is no sample
    idle = [
        f"{name} is {station['status'] if station['online'] else 'offline'}"
        for name, station in plugged.items()
        if not (station["online"] and _charges(cars.get(name)))
    ]
    return idle if plugged else ["no car is plugged in"]


def _charges(car: Mapping[str, Any] | None) -> bool:
    return car is not None and car["draws"] >= _FLOOR - 0.1


async def _get(session: aiohttp.ClientSession, path: str) -> Any:
    async with session.get(path, raise_for_status=True) as answer:
        return await answer.json()


async def _step(session: aiohttp.ClientSession, phase: Phase, amperes: float) -> None:
    order = {"phase": phase.name, "amperes": amperes}
    async with session.post("/step", json=order, raise_for_status=True):
        pass


def main() -> int:
    """Drive, judge, print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m demo.check", description=__doc__)
    parser.add_argument("control_url", help="the demo's door, http://127.0.0.1:PORT")
    arguments = parser.parse_args()
    say = partial(print, file=sys.stderr, flush=True)
    result = asyncio.run(check(arguments.control_url, say))
    print(json.dumps(result))
    return 0 if result["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
