"""The last hours of a site fit into little room, and can be played again to the same decisions."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from custom_components.fusewise import recording as module
from custom_components.fusewise.balancing.codec import FormatError
from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    Circuit,
    MeterReading,
    Phase,
    Session,
    Site,
    Snapshot,
)
from custom_components.fusewise.balancing.replay import play, read_replay
from custom_components.fusewise.recording import Recording, unpack

ROOT = Path(__file__).parent.parent
SITE = Site(
    circuits=(Circuit(id="main", rating=(25.0, 25.0, 25.0), meter="grid"),),
    chargers=(Charger(id="a", circuit="main", wiring=(Phase.L1,)),),
)


def snapshot(now: float) -> Snapshot:
    reading = ChargerReading(
        status=ChargerStatus.CHARGING,
        current=(6.0 + now % 3,),
        measured_at=now - 0.5,
        session=Session(id="SERIAL-4711-1", started=0.0),
    )
    others = 5.0 + now % 7
    meter = MeterReading(current=(others + 6.0, 1.0, 1.0), measured_at=now)
    return Snapshot(now=now, meters={"grid": meter}, chargers={"a": reading})


def record(recording: Recording, seconds: int, begin: int = 1000) -> list[Decision]:
    decisions, memory = [], Memory()
    for now in range(begin, begin + seconds):
        known = snapshot(float(now))
        decision = decide(SITE, known, memory)
        recording.note(SITE, known, memory)
        decisions.append(decision)
        memory = decision.memory
    return decisions


def played(blocks: Any) -> list[Decision]:
    replays = unpack({"recording": blocks})
    assert replays is not None
    return [decision for replay in replays for decision in play(read_replay(replay))]


def test_what_is_recorded_is_decided_again_in_the_same_way() -> None:
    recording = Recording()
    decisions = record(recording, 90)
    again = played(recording.blocks())
    assert [it.setpoints for it in again] == [it.setpoints for it in decisions]


def test_a_block_goes_on_where_the_one_before_it_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "BLOCK", 20.0)
    recording = Recording()
    decisions = record(recording, 90)
    assert len(recording.blocks()) == 5
    assert [it.setpoints for it in played(recording.blocks())] == [it.setpoints for it in decisions]
    # The last block can be read while it grows.
    assert len(played(recording.blocks(since=1085.0))) == 10


def test_only_the_last_hours_are_kept_and_no_more_than_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "BLOCK", 10.0)
    monkeypatch.setattr(module, "KEPT", 30.0)
    recording = Recording()
    record(recording, 100)
    assert 40 <= len(played(recording.blocks())) <= 50
    monkeypatch.setattr(module, "MOST", 1)
    recording.interrupt()
    assert recording.blocks() == []


def test_an_hour_of_a_site_takes_little_room() -> None:
    recording = Recording()
    record(recording, 600)
    [block] = recording.blocks()
    assert len(block) < 30_000  # of base64 for ten minutes; 450 kB of JSON


def test_nobody_learns_whose_chargers_these_are() -> None:
    recording = Recording()
    record(recording, 30)
    [replay] = unpack({"recording": recording.blocks()}) or []
    assert "SERIAL" not in replay


def test_a_memory_has_numbers_for_its_sessions_too() -> None:
    recording = Recording()
    decision = record(recording, 30)[-1]
    assert decision.memory.chargers["a"].session == "SERIAL-4711-1"
    assert recording.memory(decision.memory).chargers["a"].session == "1"
    assert recording.reading(ChargerReading(status=ChargerStatus.AVAILABLE)).session is None


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("not base64!", r"recording\[0\]"),
        ("bm90IHppcHBlZA==", r"recording\[0\]"),
        (None, r"recording\[0\]"),
        (7, r"recording\[0\]"),
    ],
)
def test_a_block_that_is_broken_is_named(block: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        unpack({"recording": [block]})


def test_a_block_that_is_cut_off_is_named() -> None:
    recording = Recording()
    record(recording, 30)
    [block] = recording.blocks()
    with pytest.raises(FormatError, match="cut off"):
        unpack({"recording": [block[:400]]})


@pytest.mark.parametrize("data", [{"site": {}, "cycles": []}, [], 7, {"data": {"home": 1}}])
def test_what_is_no_recording_is_left_alone(data: Any) -> None:
    assert unpack(data) is None


def test_the_command_plays_a_download_again(tmp_path: Path) -> None:
    recording = Recording()
    decisions = record(recording, 30)
    file = tmp_path / "config_entry-fusewise.json"
    download = {"home_assistant": {"version": "2026.11"}, "data": {"recording": recording.blocks()}}
    file.write_text(json.dumps(download))
    run = subprocess.run(
        [sys.executable, ROOT / "scripts" / "replay.py", file],
        check=True,
        capture_output=True,
        text=True,
    )
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [line["time"] for line in lines] == [decision.time for decision in decisions]
