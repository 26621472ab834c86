"""docs/actions.md describes every action with each of its fields, every trigger and every condition."""

from pathlib import Path
import re
from typing import Any

import yaml

from .texts import DOMAIN, INTEGRATION

PAGE = (Path(__file__).parent.parent / "docs" / "actions.md").read_text()


def offered(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((INTEGRATION / f"{kind}.yaml").read_text())
    return {name: it for name, it in found.items() if not name.startswith(".")}


def fields(chapter: str) -> dict[str, str]:
    """What a chapter's table says of each field: whether it is needed."""
    return dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", chapter, re.MULTILINE))


def test_each_action_is_described_with_each_of_its_fields() -> None:
    chapters = dict(
        re.findall(rf"^### `{DOMAIN}\.(\w+)`\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    )
    actions = offered("services")
    assert chapters.keys() == actions.keys()
    for name, action in actions.items():
        told = fields(chapters[name])
        assert told.keys() == action["fields"].keys(), name
        for field, how in action["fields"].items():
            assert (told[field].strip() == "yes") is how.get("required", False), (name, field)


def test_each_trigger_and_each_condition_is_described() -> None:
    for kind in ("triggers", "conditions"):
        _, _, chapter = PAGE.partition(f"\n## {kind.capitalize()}\n")
        told = re.findall(rf"^\| `{DOMAIN}\.(\w+)` \|", chapter.partition("\n## ")[0], re.MULTILINE)
        assert told == list(dict.fromkeys(told))
        assert set(told) == offered(kind).keys()
