"""The command line of scripts/replay: reads a file, or a download of diagnostics; prints one decision a line."""

import os
from pathlib import Path
import sys
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent

# The balancer is pure. Found in an empty package it starts without Home Assistant: 0.1 s instead of 2 s.
_package = ModuleType("custom_components.fusewise")
_package.__path__ = [str(ROOT / "custom_components" / "fusewise")]
sys.modules[_package.__name__] = _package
sys.path.append(str(ROOT))

from custom_components.fusewise.balancing.codec import FormatError, parse  # noqa: E402
from custom_components.fusewise.balancing.replay import play, read_replay, write_decision  # noqa: E402
from custom_components.fusewise.recording import unpack  # noqa: E402

WRONG = 2


def main(arguments: list[str]) -> int:
    """Play one file; the exit code."""
    match arguments:
        case ["-h" | "--help"]:
            print("usage: scripts/replay FILE   ('-' reads from standard input)")
            return 0
        case [name] if name == "-" or not name.startswith("-"):
            pass
        case _:
            print("usage: scripts/replay FILE   ('-' reads from standard input)", file=sys.stderr)
            return WRONG
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        text = data.decode("utf-8-sig")
        for replay in unpack(parse(text)) or [text]:
            _play(replay)
    except FormatError as error:
        print(error, file=sys.stderr)
        return WRONG
    except UnicodeDecodeError as error:
        print(f"{name}: not UTF-8: {error}", file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        # Whoever reads has seen enough (`| head`); what Python would flush at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{name}: {error.strerror}", file=sys.stderr)
        return WRONG
    return 0


def _play(replay: str) -> None:
    for decision in play(read_replay(replay)):
        # What UTF-8 cannot say, JSON can: a lone surrogate is written as \ud800.
        line = write_decision(decision).encode(errors="backslashreplace")
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
