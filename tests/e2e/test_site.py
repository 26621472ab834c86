"""When the house steps up, or its meter or Home Assistant fails while cars charge, the fuse is held."""

from collections.abc import Iterator
import contextlib
import time

import pytest

from .conftest import LONGEST, RISES, Running

# One Home Assistant serves them all, so they stay on one process of a parallel run.
pytestmark = [pytest.mark.timeout(420), pytest.mark.xdist_group("e2e site")]

LIFE = 30.0  # s: a live setpoint ends by itself
SILENT = 10.0  # s until a meter that reads every 0.5 s counts as silent


@contextlib.contextmanager
def fallen_back(site: Running, fault: str) -> Iterator[None]:
    """The meter fails so, the cars come down to their floors, and the fuse has held when the meter is back."""
    begun = site.now()
    site.post("/fault", kind=fault)
    try:
        site.wait_until(
            lambda: site.state("binary_sensor.demo_house_fall_back") == "on", SILENT + 5
        )
        site.wait_until(lambda: max(site.currents().values()) < 6.3, 10)
        yield
    finally:
        site.post("/fault", kind="meter_start")
    assert site.worst(begun) < LONGEST


def test_a_meter_that_dies_leaves_the_cars_their_floors_and_comes_back(site: Running) -> None:
    with fallen_back(site, "meter_stop"):
        # While nobody can see it, the house may draw all of its allowance.
        site.post("/step", phase="L2", amperes=5)
        try:
            time.sleep(8)
        finally:
            site.post("/step", phase="L2", amperes=0)
    site.wait_until(lambda: max(site.currents().values()) > 6.6, RISES)
    assert site.state("binary_sensor.demo_house_fall_back") == "off"


def test_a_meter_that_answers_nan_counts_as_silent(site: Running) -> None:
    with fallen_back(site, "meter_nan"):
        pass
    site.wait_until(lambda: site.state("binary_sensor.demo_house_fall_back") == "off", 20)


def test_a_step_of_the_house_load_is_answered_by_the_cars_on_that_phase(site: Running) -> None:
    site.wait_until(site.all_charge_well, RISES)
    begun = site.now()
    site.post("/step", phase="L2", amperes=5)
    try:
        time.sleep(12)
        carried = site.get("/state")["sample"]["fuse"][1]
        assert carried < 25.5
    finally:
        site.post("/step", phase="L2", amperes=0)
    assert site.worst(begun) < LONGEST


def test_a_home_assistant_that_is_killed_leaves_the_fuse_to_the_chargers_own_fall_backs(
    site: Running,
) -> None:
    site.wait_until(site.all_charge_well, 90)
    begun = site.now()
    site.do(site.home.kill())
    try:
        site.wait_until(lambda: max(site.currents().values()) < 6.3, LIFE + 15)
        assert min(site.currents().values()) > 5.5  # nobody's car is stopped by it
        # With nobody at the wheel, the house draws all of its allowance.
        site.post("/step", phase="L2", amperes=5)
        time.sleep(5)
    finally:
        site.post("/step", phase="L2", amperes=0)
        site.do(site.home.start())
    assert site.worst(begun) < LONGEST
    site.do(site.home.log_in())
    site.wait_until(lambda: site.state("sensor.garage_status") == "charging", 60)
    site.wait_until(lambda: max(site.currents().values()) > 6.6, 90)
    assert site.worst(begun) < LONGEST
