"""What the fuse sees at most when something fails: docs/safety.md says it, and the home that lives keeps to it."""

from pathlib import Path
import re

import pytest

from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.restart import outlive
from custom_components.fusewise.simulation import MATRIX, run

PAGE = (Path(__file__).parents[2] / "docs" / "safety.md").read_text()
ROW = re.compile(
    r"^\| `([\w.]+)` \| [^|]* \| ([\d.]+) \| ([\d.]+) \| (?:[\d.]+|—) \|$", re.MULTILINE
)
SAYS = {name: (float(seconds), float(most)) for name, seconds, most in ROW.findall(PAGE)}
QUICK = (
    "house.steps",
    "sun.vanishes",
    "grid.limits",
    "meter.silent",
    "meter.stuck",
    "meter.nan",
    "charger.line_lost",
    "charger.ignores",
    "charger.power_cut",
    "car.leaves",
    "controller.killed",
    "controller.restarts_forgets",
)


def test_the_page_has_a_row_for_everything_that_can_fail() -> None:
    assert set(SAYS) == set(MATRIX)


@pytest.mark.parametrize("name", QUICK)
def test_the_fuse_sees_no_more_than_the_page_says(name: str) -> None:
    # The seed is one of those that the page's figures are the worst of.
    outcome = run(MATRIX[name], decide, outlive, seed=QUICK.index(name))
    seconds, most = SAYS[name]
    assert outcome.seconds_above <= seconds + 0.01
    assert outcome.ampere_seconds <= most + 0.1
    assert outcome.back_after < 180.0
