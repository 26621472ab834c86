"""A file goes in, decisions come out, one a line; every example that people are given is true."""

from collections.abc import Iterator
from dataclasses import fields, replace
from enum import StrEnum
import json
from pathlib import Path
import re
import subprocess
from typing import Any

import pytest

from custom_components.fusewise.balancing.codec import FormatError, from_json
from custom_components.fusewise.balancing.codes import FallbackCause, NoticeCode, ReasonCode
from custom_components.fusewise.balancing.decision import (
    CircuitState,
    Decision,
    Notice,
    Reason,
    Setpoint,
)
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import (
    Battery,
    Breaker,
    Charger,
    ChargerReading,
    ChargerStatus,
    Circuit,
    DemandWindow,
    Derating,
    GridLimit,
    LimitScope,
    MeterReading,
    Mode,
    Session,
    Site,
    Snapshot,
    Transformer,
)
from custom_components.fusewise.balancing.replay import (
    play,
    read_replay,
    write_decision,
    write_replay,
)
from custom_components.fusewise.balancing.settings import BatteryUse, Netting, Policy, Settings

from .builders import NOW, box, car, fuse, house, run, seen, shows

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "replay.md").read_text()
SCRIPT = ROOT / "scripts" / "replay"

CASE: dict[str, Any] = {
    "site": {
        "circuits": [{"id": "main", "rating": [16, 16, 16], "other_loads": [0, 0, 0]}],
        "chargers": [{"id": "van", "circuit": "main", "wiring": ["L1"]}],
    },
    "cycles": [
        {"now": 0, "chargers": {"van": {"status": "preparing"}}},
        {"now": 1, "chargers": {"van": {"status": "preparing"}}},
    ],
}


def blocks() -> Iterator[tuple[str, str, str, str]]:
    """Each file on the page, its heading, what stands beneath it, and in which language that is."""
    heading, found = "", None
    for title, language, block in re.findall(
        r"^#+ ([^\n]*)$|^```(json|text)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
    ):
        if title:
            heading = title
        elif found is None:
            found = block
        else:
            yield heading, found, language, block.strip()
            found = None
    assert found is None, "a file without decisions"


def examples() -> list[Any]:
    """Each file on the page that is decided, with the decisions beneath it."""
    return [
        pytest.param(text, below.split("\n"), id=heading)
        for heading, text, language, below in blocks()
        if language == "json"
    ]


def refusals() -> list[tuple[str, str]]:
    """Each file on the page that is refused, with what is said of it."""
    return [(text, below) for _, text, language, below in blocks() if language == "text"]


def missing(expected: Any, found: Any, place: str = "") -> list[str]:
    """Where what was found does not have what is expected."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            problem
            for key, value in expected.items()
            for problem in (
                missing(value, found[key], f"{place}.{key}")
                if key in found
                else [f"{place}.{key} is not there"]
            )
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            problem
            for number, (one, other) in enumerate(zip(expected, found, strict=True))
            for problem in missing(one, other, f"{place}[{number}]")
        ]
    return [] if expected == found else [f"{place} is {found!r}, not {expected!r}"]


@pytest.mark.parametrize(("text", "lines"), examples())
def test_each_example_on_the_page_is_true(text: str, lines: list[str]) -> None:
    decisions = [write_decision(decision) for decision in play(read_replay(text))]
    assert len(decisions) == len(lines)
    for number, (line, decision) in enumerate(zip(lines, decisions, strict=True)):
        assert missing(json.loads(line), json.loads(decision)) == [], f"cycle {number}"


@pytest.mark.parametrize(("text", "says"), refusals())
def test_each_mistake_on_the_page_is_refused_so(text: str, says: str) -> None:
    with pytest.raises(FormatError) as error:
        list(play(read_replay(text)))
    assert str(error.value) == says


def test_the_defaults_on_the_page_are_those_of_the_settings() -> None:
    told = {
        name: json.loads(default)
        for names, defaults in re.findall(
            r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]+) \|", PAGE, re.MULTILINE
        )
        for name, default in zip(
            re.findall(r"\w+", names), defaults.replace("`", "").split(", "), strict=False
        )
        if name in {field.name for field in fields(Settings)}
        if re.fullmatch(r'null|[\d.]+|"\w+"', default)
    }
    assert from_json(Settings, told) == Settings()
    assert set(told) == {field.name for field in fields(Settings)}


def test_a_false_example_would_be_found() -> None:
    assert missing({"a": [{"b": 1}]}, {"a": [{"b": 2, "c": 3}]}) == [".a[0].b is 2, not 1"]
    assert missing({"a": 1}, {}) == [".a is not there"]
    assert missing([1], [1, 2]) == [" is [1, 2], not [1]"]


def test_the_page_has_an_example_of_every_kind() -> None:
    assert len(examples()) >= 40
    text = "".join(text for _, text, _, _ in blocks())
    for kind in (Policy, Mode, BatteryUse):
        assert {f'"{member}"' for member in kind if f'"{member}"' not in text} <= DEFAULTS


DEFAULTS = {'"fair"'}  # what is meant where nothing is said


WRITTEN = (
    Site,
    Circuit,
    Charger,
    Settings,
    DemandWindow,
    Breaker,
    Derating,
    Transformer,
    Snapshot,
    MeterReading,
    ChargerReading,
    Session,
    GridLimit,
    Battery,
    Decision,
    Setpoint,
    Reason,
    CircuitState,
    Notice,
)
WORDS = (
    Policy,
    Mode,
    Netting,
    BatteryUse,
    ChargerStatus,
    LimitScope,
    ReasonCode,
    FallbackCause,
    NoticeCode,
)


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.__name__)
def test_the_page_speaks_of_every_key(kind: Any) -> None:
    known = set(re.findall(r"[a-z_]+", PAGE))
    assert {field.name for field in fields(kind)} - known == set()


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_and_of_every_word(kind: type[StrEnum]) -> None:
    quoted = set(re.findall(r'[`"]([a-z_]+)["`]', PAGE))
    assert {member.value for member in kind} - quoted == set()


def test_the_defaults_of_the_settings_are_those_on_the_page() -> None:
    table = PAGE.split("## Settings")[1].split("##")[0]
    written: dict[str, Any] = {}
    for keys, defaults in re.findall(r"^\| (`.*?`) \| (.*?) \|", table, re.MULTILINE):
        names = re.findall(r"`(\w+)`", keys)
        for name, default in zip(names, defaults.split(", "), strict=True):
            written[name] = json.loads(default.strip("`"))
    usual = Settings()
    assert written == {field.name: getattr(usual, field.name) for field in fields(usual)}


# --- reading ---------------------------------------------------------------------------------------


def test_settings_may_stand_beside_the_site_or_in_it() -> None:
    beside = read_replay(json.dumps({**CASE, "settings": {"hold": 7}}))
    inside = read_replay(json.dumps({**CASE, "site": {**CASE["site"], "settings": {"hold": 7}}}))
    assert beside.site == inside.site
    assert beside.site.settings.hold == 7


def test_readings_without_an_age_are_as_old_as_their_snapshot() -> None:
    case = {
        **CASE,
        "cycles": [
            {
                "now": 90,
                "chargers": {"van": {"status": "charging", "current": [6]}},
                "meters": {"grid": {"current": [1, 2, 3]}},
            }
        ],
    }
    (snapshot,) = read_replay(json.dumps(case)).cycles
    assert snapshot.meters["grid"].measured_at == 90
    assert snapshot.chargers["van"].measured_at == 90


def test_each_cycle_is_decided_with_the_memory_of_the_one_before() -> None:
    one, two = play(read_replay(json.dumps(CASE)))
    assert one.memory.chargers["van"].changed_at == 0
    assert two.memory.chargers["van"].changed_at == 0
    assert two.memory.time == 1


def test_a_replay_may_go_on_where_another_one_ended() -> None:
    *_, last = play(read_replay(json.dumps(CASE)))
    memory = json.loads(write_decision(last))["memory"]
    (again,) = play(
        read_replay(json.dumps({**CASE, "memory": memory, "cycles": CASE["cycles"][1:]}))
    )
    assert again.setpoints == last.setpoints


def test_a_decision_is_one_line_and_comes_back() -> None:
    *_, last = play(read_replay(json.dumps(CASE)))
    line = write_decision(last)
    assert "\n" not in line
    assert from_json(Decision, json.loads(line)) == last


def test_what_happened_at_home_can_be_written_down_and_played_again() -> None:
    site = house(fuse(25, meter="m"), box("a", "L2 L3 L1"), turn_time=600)
    snapshots = [
        seen({"a": car(6, 6, 6, at=NOW + n)}, {"m": shows((9, 8, 7), NOW + n)}, now=NOW + n)
        for n in range(3)
    ]
    memory = run(site, *snapshots[:2]).memory
    text = write_replay(site, snapshots[2:], memory)
    replay = read_replay(text)
    assert (replay.site, list(replay.cycles), replay.memory) == (site, snapshots[2:], memory)
    (decision,) = play(replay)
    assert decision == run(site, *snapshots)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"site": None}, "site null is not an object"),
        ({"cycle": []}, "cycle is not known here (known are site, settings, memory, cycles)"),
        ({"cycles": {}}, "cycles is not a list of snapshots"),
        ({"cycles": [{}]}, "cycles[0]: now is missing"),
        ({"cycles": [3]}, "cycles[0] 3 is not an object"),
        ({"cycles": [{"now": 0, "meters": 3}]}, "cycles[0]: meters 3 is not an object"),
        ({"cycles": [{"now": 0, "meters": {"m": 3}}]}, "cycles[0].meters: m 3 is not an object"),
        (
            {"cycles": [{"now": 0, "chargers": {"van": {"status": "chargin"}}}]},
            'cycles[0].chargers.van: status "chargin" is not one of available, preparing, ',
        ),
        ({"settings": {"hould": 3}}, "settings: hould is not known here"),
        ({"memory": {"time": "x"}}, 'memory: time "x" is not a number'),
        (
            {"memory": {"chargers": {"van": {"setpoint": "nan"}}}},
            "memory.chargers.van: setpoint nan is not a figure of 0 or more",
        ),
        (
            {"memory": {"circuits": {"main": {"window_kwh": -1}}}},
            "memory.circuits.main: window_kwh -1.0 is not a figure of 0 or more",
        ),
        (
            {"memory": {"circuits": {"main": {"heat": [0, "inf", 0]}}}},
            "memory.circuits.main: heat inf is not a figure of 0 or more",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_named(change: dict[str, Any], says: str) -> None:
    with pytest.raises(FormatError) as error:
        read_replay(json.dumps({**CASE, **change}))
    assert str(error.value).startswith(says)


def test_what_is_missing_in_a_file_is_named() -> None:
    for key in ("site", "cycles"):
        with pytest.raises(FormatError, match=f"^{key} is missing$"):
            read_replay(json.dumps({k: v for k, v in CASE.items() if k != key}))
    with pytest.raises(FormatError, match="not a replay"):
        read_replay("[]")


def test_settings_in_both_places_contradict_each_other() -> None:
    case = {**CASE, "settings": {}, "site": {**CASE["site"], "settings": {}}}
    with pytest.raises(FormatError, match="settings stands twice"):
        read_replay(json.dumps(case))


def test_a_site_that_contradicts_itself_is_named() -> None:
    site = {**CASE["site"], "circuits": []}
    with pytest.raises(FormatError, match=r"^site: the site has no circuit"):
        list(play(read_replay(json.dumps({**CASE, "site": site}))))


def test_a_cycle_that_cannot_be_decided_is_named_after_those_before_it() -> None:
    case = {**CASE, "cycles": [*CASE["cycles"], {"now": 0.5}]}
    decisions = play(read_replay(json.dumps(case)))
    assert next(decisions).time == 0
    assert next(decisions).time == 1
    with pytest.raises(FormatError, match=r"^cycles\[2\]: the snapshot is 0.5 s older"):
        next(decisions)


def test_an_empty_memory_may_be_written_and_read() -> None:
    site = house(fuse(25))
    assert read_replay(write_replay(site, [], Memory())).memory == Memory()
    assert read_replay(write_replay(replace(site), [], Memory())).site == site


# --- the command -----------------------------------------------------------------------------------


def replayed(*arguments: str, text: str = "", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """What the command says."""
    return subprocess.run(
        [str(SCRIPT), *arguments], input=text, capture_output=True, text=True, cwd=cwd, check=False
    )


def test_the_command_prints_one_decision_a_line_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(json.dumps(CASE))
    done = replayed("case.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line)["time"] for line in done.stdout.splitlines()] == [0, 1]


def test_the_command_reads_standard_input() -> None:
    assert len(replayed("-", text=json.dumps(CASE)).stdout.splitlines()) == 2


def test_a_file_may_begin_with_the_mark_that_some_editors_write() -> None:
    assert len(replayed("-", text="\ufeff" + json.dumps(CASE)).stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "text", "says"),
    [
        (["-"], "{", "line 1, column 2: not JSON"),
        (
            ["-"],
            json.dumps({**CASE, "cycles": [{"now": "x"}]}),
            'cycles[0]: now "x" is not a number',
        ),
        (["nowhere.json"], "", "nowhere.json: No such file"),
        ([], "", "usage: scripts/replay FILE"),
        (["a", "b"], "", "usage: scripts/replay FILE"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(
    arguments: list[str], text: str, says: str
) -> None:
    done = replayed(*arguments, text=text)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_was_decided_before_a_mistake_is_printed() -> None:
    case = {**CASE, "cycles": [*CASE["cycles"], {"now": 0}]}
    done = replayed("-", text=json.dumps(case))
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr.startswith("cycles[2]: ")


def test_a_name_that_utf_8_cannot_say_comes_out_as_json() -> None:
    text = json.dumps(CASE).replace("van", "\\ud800")
    done = replayed("-", text=text)
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[0])["setpoints"][0]["charger"] == "\ud800"
