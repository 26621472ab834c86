"""docs/how-it-decides.md explains every reason that a charger can show, in the words of the screen."""

from pathlib import Path
import re

from .texts import english

PAGE = (Path(__file__).parent.parent / "docs" / "how-it-decides.md").read_text()


def test_each_reason_is_explained_and_none_that_is_gone() -> None:
    _, _, chapter = PAGE.partition("\n## The reasons\n")
    cells = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", chapter, re.MULTILINE)
    shown = set(english()["entity"]["sensor"]["reason"]["state"].values())
    told: list[str] = []
    for cell in cells[1:]:
        # A reason may have a semicolon of its own.
        told += [cell] if cell in shown else cell.split("; ")
    assert sorted(told) == sorted(shown)
