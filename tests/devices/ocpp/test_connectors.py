"""Connector 0 is the station as a whole, unless a charger calls its only outlet so."""

import pytest

from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.devices.ocpp.v16.connectors import Connectors

FIRST = 1


def test_what_a_station_is_as_a_whole_tells_nothing_of_its_outlet() -> None:
    connectors = Connectors()
    assert connectors.of_status(0, ChargerStatus.AVAILABLE) is None
    assert connectors.of_status(0, None) is None
    assert connectors.of_status(2, ChargerStatus.CHARGING) == 2


def test_a_charger_that_charges_at_connector_0_means_its_only_outlet() -> None:
    connectors = Connectors()
    assert connectors.of_status(0, ChargerStatus.CHARGING) == FIRST
    # From then on its other words are of that outlet too.
    assert connectors.of_status(0, ChargerStatus.AVAILABLE) == FIRST
    assert connectors.of_start(0) == FIRST


def test_a_charger_that_names_its_outlet_once_means_the_station_by_0() -> None:
    connectors = Connectors()
    assert connectors.of_status(1, ChargerStatus.PREPARING) == 1
    assert connectors.of_status(0, ChargerStatus.CHARGING) is None
    assert connectors.of_start(0) == FIRST
    assert connectors.of_status(0, ChargerStatus.FAULTED) is None


def test_a_start_at_connector_0_is_one_at_the_only_outlet() -> None:
    connectors = Connectors()
    assert connectors.of_start(0) == FIRST
    assert connectors.of_status(0, ChargerStatus.AVAILABLE) == FIRST
    assert connectors.of_start(2) == 2


@pytest.mark.parametrize(
    ("connector", "runs_at", "is_shared", "outlet"),
    [
        (0, None, False, FIRST),  # it measures for the station only, which has one outlet
        (0, None, True, None),  # of all outlets together
        (0, 2, True, 2),  # of a transaction, wherever that is said to be
        (2, None, True, 2),
    ],
)
def test_a_measurement_is_of_the_outlet_whose_transaction_it_names(
    connector: int, runs_at: int | None, is_shared: bool, outlet: int | None
) -> None:
    assert Connectors().of_measurement(connector, runs_at, is_shared) == outlet


def test_where_the_outlet_is_measured_the_station_is_not_taken_for_it() -> None:
    connectors = Connectors()
    assert connectors.of_measurement(1, None, False) == 1
    assert connectors.of_measurement(0, None, False) is None
