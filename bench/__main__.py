"""The command line of scripts/bench: measures, and prints a figure a line, or one JSON object."""

import argparse
from collections.abc import Callable, Iterator
import json
from pathlib import Path
import subprocess
import sys

from .pure import leave_home_assistant_out

leave_home_assistant_out()

from .control import loops  # noqa: E402
from .faults import faults  # noqa: E402
from .replays import replays  # noqa: E402
from .sessions import SessionsError, made, read  # noqa: E402
from .speed import decisions  # noqa: E402
from .targets import TARGETS  # noqa: E402

WRONG = 2
type Wanted = Callable[[str], bool]
type Figures = Iterator[tuple[str, float]]


def main(arguments: list[str]) -> int:
    """Measure what is asked for; the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        figures: dict[str, float] = {}
        for name, figure in _measured(asked.only, asked.sessions):
            if name not in figures and name.startswith(asked.only):
                figures[name] = round(figure, 4)
                if not asked.json:
                    sys.stdout.write(_line(name, figure))
                    sys.stdout.flush()
    except SessionsError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    if asked.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    if not figures:
        sys.stderr.write(f"nothing is called {asked.only!r}\n")
        return WRONG
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object, name: figure")
    parser.add_argument("--only", default="", metavar="NAME", help="what begins so: replay.true_40")
    parser.add_argument(
        "--sessions",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="charging sessions to replay (CSV, see bench/sessions.py); without: made ones",
    )
    return parser


def _measured(only: str, files: list[Path]) -> Figures:
    """All figures below the names that may begin with `only`."""
    groups: dict[str, Callable[[Wanted], Figures]] = {
        "decide": decisions,
        "control": loops,
        "replay": lambda wanted: _replays(files, wanted),
        "faults": faults,
        "ocpp": lambda wanted: _elsewhere("bench.ocpp"),
        "loop": lambda wanted: _elsewhere("bench.loop"),
        "surface": lambda wanted: _elsewhere("bench.surface"),
    }
    for group, measure in groups.items():

        def wanted(name: str, group: str = group) -> bool:
            whole = f"{group}.{name}".rstrip(".")
            return whole.startswith(only) or only.startswith(whole)

        if wanted(""):
            for name, figure in measure(wanted):
                yield f"{group}.{name}", figure


def _replays(files: list[Path], wanted: Wanted) -> Figures:
    """A month of made sessions, or each file by its name where there are several."""
    if len(files) < 2:
        yield from replays(read(files[0]) if files else made(), wanted)
        return
    for file in files:
        name = file.name.partition(".")[0]
        cars = read(file)

        def of_file(key: str, name: str = name) -> bool:
            return wanted(f"{name}.{key}")

        for key, figure in replays(cars, of_file):
            yield f"{name}.{key}", figure


def _elsewhere(module: str) -> Figures:
    """Figures of a module that prints them itself, a line of JSON at a time, in a process with Home Assistant."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            for name, figure in json.loads(line).items():
                yield name.partition(".")[2], figure
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def _line(name: str, figure: float) -> str:
    target = TARGETS.get(name)
    told = (
        "" if target is None else f"   ({target.sign} {target.figure:g}: {target.verdict(figure)})"
    )
    return f"{name:64}{figure:12.3f}{told}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
