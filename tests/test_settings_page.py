"""docs/settings.md explains every field of every dialog, under the name that it has on the screen."""

from collections.abc import Iterator
from pathlib import Path
import re

import pytest

from .texts import Texts, english

PAGE = (Path(__file__).parent.parent / "docs" / "settings.md").read_text()
# Whose dialogs each heading explains: those of the site, of its options, and of each of its parts.
# A dialog may use fields that are explained under another heading, as a sub-panel has a meter.
HEADINGS = {
    "config": {"The site", "A meter", "A charger"},
    "options": {"How current is shared"},
    "meter": {"A meter"},
    "circuit": {"A sub-panel", "A meter", "The site"},
    "charger": {"A charger"},
    "solar": {"Solar panels"},
    "battery": {"A battery"},
    "vehicle": {"A vehicle"},
    "person": {"A person"},
}
# Asked alone on a page, and explained by a sentence.
BY_A_SENTENCE = {"Chargers on this site", "Site"}


def labels(flow: Texts) -> Iterator[str]:
    """The names of a flow's fields, with one for all phases."""
    for step in flow["step"].values():
        for part in (step, *step.get("sections", {}).values()):
            for label in part.get("data", {}).values():
                yield re.sub(r"\bL[123]\b", "L1 / L2 / L3", label)


def flows() -> dict[str, set[str]]:
    texts = english()
    every = {"config": texts["config"], "options": texts["options"], **texts["config_subentries"]}
    return {name: set(labels(flow)) for name, flow in every.items()}


def explained() -> dict[str, dict[str, str]]:
    """What each heading's tables say of each field."""
    found = {}
    for chapter in PAGE.split("\n## ")[1:]:
        heading, _, text = chapter.partition("\n")
        rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
        found[heading] = dict(rows)
    return found


@pytest.mark.parametrize("flow", flows())
def test_each_field_is_explained(flow: str) -> None:
    known = {field for heading in HEADINGS[flow] for field in explained()[heading]}
    missing = flows()[flow] - known - BY_A_SENTENCE
    assert not missing, f"docs/settings.md says nothing of {sorted(missing)}"
    assert all(f"**{label}**" in PAGE for label in BY_A_SENTENCE)


@pytest.mark.parametrize("heading", explained())
def test_nothing_is_explained_that_is_gone(heading: str) -> None:
    shown = {
        label for flow, where in HEADINGS.items() if heading in where for label in flows()[flow]
    }
    shown |= {"field", "who gets how much", *english()["selector"]["policy"]["options"].values()}
    assert explained()[heading].keys() <= shown


def test_each_way_to_share_is_explained() -> None:
    policies = set(english()["selector"]["policy"]["options"].values())
    assert policies <= explained()["How current is shared"].keys()
