"""docs/safety.md names the tests that show what it says, and they exist."""

from pathlib import Path
import re

ROOT = Path(__file__).parent.parent


def test_every_test_that_the_safety_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "safety.md").read_text()))
    written = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    assert len(named) > 10
    assert named <= written, f"not written: {sorted(named - written)}"
