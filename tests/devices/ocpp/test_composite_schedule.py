"""What a charger says that it lets through is understood in amperes, or not at all."""

from typing import Any

from ocpp.v16.enums import ChargingRateUnitType as Unit
import pytest

from custom_components.fusewise.devices.ocpp.measurands import Wiring
from custom_components.fusewise.devices.ocpp.v16.profiles import shown

THREE = Wiring(conductors=3, line_to_line=False, voltage=230.0)
LINE_TO_LINE = Wiring(conductors=2, line_to_line=True, voltage=240.0)


def schedule(limit: Any, unit: str | None = None, **period: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"chargingSchedulePeriod": [{"limit": limit, **period}]}
    return {"chargingSchedule": told | ({"chargingRateUnit": unit} if unit else {})}


@pytest.mark.parametrize(
    ("answer", "wiring", "amperes"),
    [
        (schedule(10.0, "A"), THREE, 10.0),
        (schedule("10.0", "A"), THREE, 10.0),  # a number as text
        (schedule(6900, "W"), THREE, 10.0),
        (schedule(2300, "W", numberPhases=1), THREE, 10.0),
        (schedule(2400, "W"), LINE_TO_LINE, 10.0),
        (schedule(10.0), THREE, 10.0),  # in the unit that was asked for
        (schedule(-1, "A"), THREE, None),
        (schedule("much", "A"), THREE, None),
        (schedule(None, "A"), THREE, None),
        ({"status": "Rejected"}, THREE, None),
        ({"chargingSchedule": {"chargingSchedulePeriod": []}}, THREE, None),
    ],
)
def test_a_schedule_is_read_in_amperes(
    answer: dict[str, Any], wiring: Wiring, amperes: float | None
) -> None:
    assert shown(answer, Unit.amps, wiring) == amperes
