"""docs/entities.md says of every entity what it is, under the name that it has on the screen."""

from pathlib import Path
import re

from .texts import english

PAGE = (Path(__file__).parent.parent / "docs" / "entities.md").read_text()


def test_each_entity_is_described_and_none_that_is_gone() -> None:
    cells = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", PAGE, re.MULTILINE)
    told = {name.strip("* ") for cell in cells for name in cell.split(", ")} - {"entity"}
    shown = {
        entity["name"].replace("{phase}", "L1")
        for platform in english()["entity"].values()
        for entity in platform.values()
    }
    assert told == shown
