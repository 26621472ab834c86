"""When a charger fails while others charge, the fuse is held."""

import time

import pytest

from .conftest import LONGEST, RISES, Running

# One Home Assistant serves them all, so they stay on one process of a parallel run.
pytestmark = [pytest.mark.timeout(420), pytest.mark.xdist_group("e2e chargers")]

LIFE = 30.0  # s: a live setpoint ends by itself


def test_a_charger_whose_line_is_cut_falls_back_by_itself_and_stays_counted(site: Running) -> None:
    site.wait_until(site.all_charge_well, RISES)
    begun = site.now()
    site.post("/fault", kind="charger_cut", which="garage")
    try:
        site.wait_until(lambda: 5.5 < site.currents()["garage"] < 6.5, LIFE + 15)
        # It draws on, and nobody may take what it draws.
        site.post("/step", phase="L2", amperes=5)
        time.sleep(12)
        assert site.get("/state")["sample"]["fuse"][1] < 25.5
        assert site.state("sensor.garage_status") == "unavailable"
    finally:
        site.post("/step", phase="L2", amperes=0)
        site.post("/fault", kind="charger_restore", which="garage")
    assert site.worst(begun) < LONGEST
    site.wait_until(lambda: site.state("sensor.garage_status") == "charging", 60)
    # While it is not yet seen to obey, it counts with its maximum, and another may pause for a minute or two.
    site.wait_until(site.all_charge, RISES)


def test_a_charger_that_says_garbage_disturbs_nobody(site: Running) -> None:
    site.wait_until(site.all_charge, 60)
    site.post("/fault", kind="charger_garbage", which="carport")
    time.sleep(5)
    assert site.all_charge()
    assert site.state("sensor.garage_status") == "charging"
    site.wait_until(lambda: site.state("sensor.carport_status") == "charging", 30)
