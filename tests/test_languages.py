"""Fusewise speaks each of its languages completely, and in that language's own words."""

from collections.abc import Iterator, Mapping
import json
import re
from typing import Any

import pytest

from .texts import INTEGRATION, PLACEHOLDER, english

LANGUAGES = ("de", "fr", "nb", "nl")
CODE = re.compile(r"`[^`]*`")
MARKS = re.compile(r"\*\*|^- |\]\(", re.MULTILINE)
# What is spelt alike in English and in another language.
EVERYWHERE = {"Boost", "Eastron SDM630 (Modbus TCP)"}
ALIKE = {
    "de": EVERYWHERE | {"Fair", "Name", "Person", "Phase", "Port", "Problem", "Status"},
    "fr": EVERYWHERE
    | {
        "15 minutes",
        "30 minutes",
        "60 minutes",
        "Cause",
        "Circuit",
        "Circuits",
        "Message",
        "Minutes",
        "Mode",
        "Phase",
        "Port",
        "Site",
        "Source",
        "Watts",
    },
    "nb": EVERYWHERE | {"Person", "Port", "Problem", "Status"},
    "nl": EVERYWHERE | {"Boosts per week", "Meter", "Status"},
}


def leaves(texts: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in texts.items():
        if isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from leaves(value, f"{path}{key}.")


ENGLISH = dict(leaves(english()))


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """One language after the other."""
    return str(request.param)


@pytest.fixture
def spoken(language: str) -> dict[str, str]:
    """What is said in it, by path."""
    file = INTEGRATION / "translations" / f"{language}.json"
    return dict(leaves(json.loads(file.read_text())))


def test_it_says_all_that_is_said_in_english_and_nothing_else(spoken: dict[str, str]) -> None:
    assert spoken.keys() == ENGLISH.keys()


def test_it_fills_in_the_same_figures(spoken: dict[str, str]) -> None:
    for path, text in spoken.items():
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(ENGLISH[path])), path


def test_it_keeps_lists_emphasis_and_what_is_to_be_typed(spoken: dict[str, str]) -> None:
    for path, text in spoken.items():
        for kept in (CODE, MARKS):
            assert sorted(kept.findall(text)) == sorted(kept.findall(ENGLISH[path])), path
        assert text.count("\n") == ENGLISH[path].count("\n"), path


def test_nothing_is_left_in_english(language: str, spoken: dict[str, str]) -> None:
    left = {text for path, text in spoken.items() if text == ENGLISH[path]}
    said_alike = {text for text in left if re.search(r"[a-z]{2}", PLACEHOLDER.sub("", text))}
    assert said_alike <= ALIKE[language]


def test_what_the_texts_quote_is_what_the_screen_says(spoken: dict[str, str]) -> None:
    """Where English quotes another of its texts, the other language quotes its own of the same place."""
    for path, text in ENGLISH.items():
        for quoted in re.findall(r"'([A-Z][^'{]{3,})'", text):
            places = [each for each, said in ENGLISH.items() if said == quoted]
            if places:
                assert any(spoken[place] in spoken[path] for place in places), (path, quoted)
