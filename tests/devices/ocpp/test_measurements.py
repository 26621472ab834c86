"""What chargers measure, in every form that they send it."""

from collections.abc import Awaitable, Callable
from typing import Any

from ocpp.v16 import call
import pytest

from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings, rpc

from .conftest import Eventually
from .peer import Clock, Peer, current

type Arrive = Callable[..., Awaitable[Peer]]


def power(watts: float, phase: str | None = None, unit: str = "W") -> dict[str, Any]:
    value = {"value": str(watts), "measurand": "Power.Active.Import", "unit": unit}
    return value if phase is None else value | {"phase": phase}


def voltage(volts: float, phase: str | None = None) -> dict[str, Any]:
    value = {"value": str(volts), "measurand": "Voltage", "unit": "V"}
    return value if phase is None else value | {"phase": phase}


THREE = ChargerSettings(conductors=3)
ONE = ChargerSettings(conductors=1)
SPLIT = ChargerSettings(conductors=2, line_to_line=True, voltage=240.0)


@pytest.mark.parametrize(
    ("settings", "sampled", "expected"),
    [
        pytest.param(
            THREE,
            [current(6.1, "L1"), current(6.2, "L2"), current(6.3, "L3")],
            (6.1, 6.2, 6.3),
            id="currents of each phase",
        ),
        pytest.param(
            THREE,
            [current(6.1, "L1-N"), current(6.2, "L2-N"), current(6.3, "L3-N"), current(0.4, "N")],
            (6.1, 6.2, 6.3),
            id="phases to neutral, and the neutral itself",
        ),
        pytest.param(THREE, [current(16.0, "L1")], (16.0, 0.0, 0.0), id="unused phases left out"),
        pytest.param(
            THREE,
            [power(2300, "L1"), power(1150, "L2"), power(0, "L3")],
            (10.0, 5.0, 0.0),
            id="powers at the nominal voltage",
        ),
        pytest.param(
            THREE,
            [power(2.4, "L1", "kW"), voltage(240, "L1-N")],
            (10.0, 0.0, 0.0),
            id="a power in kW at the measured voltage",
        ),
        pytest.param(
            THREE,
            [power(2300, "L1"), voltage(0, "L1")],
            (10.0, 0.0, 0.0),
            id="0 V is not believed",
        ),
        pytest.param(THREE, [power(6900)], (10.0, 10.0, 10.0), id="the power of all phases"),
        pytest.param(
            THREE,
            [power(6900), voltage(400, "L1-L2")],
            (9.9593, 9.9593, 9.9593),
            id="the line voltage",
        ),
        pytest.param(
            THREE, [current(30.0)], (10.0, 10.0, 10.0), id="a current without a phase is the sum"
        ),
        pytest.param(
            THREE,
            [current(10.0), power(6900)],
            (10.0, 10.0, 10.0),
            id="a current that the power shows to be that of each phase",
        ),
        pytest.param(
            THREE,
            [current(30.0), power(6900)],
            (10.0, 10.0, 10.0),
            id="a current that the power shows to be the sum",
        ),
        pytest.param(ONE, [current(13.0)], (13.0,), id="one phase without a name"),
        pytest.param(
            ONE,
            [current(0.0, "L1"), current(13.0, "L2"), current(0.0, "L3")],
            (13.0,),
            id="one phase by whatever name",
        ),
        pytest.param(ONE, [power(2990)], (13.0,), id="the power of one phase"),
        pytest.param(SPLIT, [current(24.0)], (24.0, 24.0), id="line to line"),
        pytest.param(
            SPLIT,
            [current(24.0, "L1"), current(24.0, "L2")],
            (24.0, 24.0),
            id="line to line, on both conductors",
        ),
        pytest.param(
            SPLIT,
            [power(2880, "L1"), power(2880, "L2"), voltage(120, "L1-N")],
            (24.0, 24.0),
            id="line to line, by power",
        ),
        pytest.param(
            ONE,
            [current(13.0), current(12.0, location="EV"), current(99.0, location="Cable")],
            (13.0,),
            id="at the outlet, not elsewhere",
        ),
        pytest.param(ONE, [current(-0.02)], (0.0,), id="a meter's noise around zero"),
    ],
)
async def test_measurements_become_amperes_on_each_conductor(
    central: CentralSystem,
    arrive: Arrive,
    settings: ChargerSettings,
    sampled: list[dict[str, Any]],
    expected: tuple[float, ...],
) -> None:
    charger = central.adopt("garage", settings)
    peer = await arrive("garage")
    await peer.measure(*sampled)
    assert charger.reading.current == pytest.approx(expected, abs=1e-3)


async def test_phases_that_come_one_by_one_belong_together(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    stamp = peer.stamp()
    await peer.say(
        call.MeterValues(
            connector_id=1,
            meter_value=[
                {"timestamp": stamp, "sampled_value": [current(6.0 + k, f"L{k + 1}")]}
                for k in range(3)
            ],
        )
    )
    assert charger.reading.current == (6.0, 7.0, 8.0)


async def test_the_stations_own_meter_counts_where_the_connector_has_none(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    for connector, transaction, amperes, expected in (
        (2, None, 7.0, None),
        (0, None, 8.0, 8.0),
        (0, peer.transaction, 9.0, 9.0),
        (1, None, 10.0, 10.0),
        (0, None, 11.0, 10.0),
        (0, peer.transaction, 12.0, 12.0),
        (2, peer.transaction, 13.0, 13.0),
    ):
        await peer.say(
            call.MeterValues(
                connector_id=connector,
                meter_value=[
                    {"timestamp": peer.stamp(), "sampled_value": [current(amperes, "L1")]}
                ],
                transaction_id=transaction,
            )
        )
        drawn = charger.reading.current
        assert (None if drawn is None else drawn[0]) == expected


@pytest.mark.parametrize("stamp", ["", "yesterday", "2026-99-99T00:00:00Z"])
async def test_a_sample_without_a_date_is_from_now(
    central: CentralSystem, arrive: Arrive, clock: Clock, stamp: str
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.say(
        call.MeterValues(
            connector_id=1, meter_value=[{"timestamp": stamp, "sampled_value": [current(9.0)]}]
        )
    )
    assert charger.reading.measured_at == clock.now


@pytest.mark.parametrize("nonsense", ["NaN", "Infinity", "-7", "1e9", "", "abc", "0x10"])
async def test_what_cannot_be_counts_as_missing_and_is_told_once(
    central: CentralSystem, arrive: Arrive, caplog: pytest.LogCaptureFixture, nonsense: str
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.measure(current(10.0, "L1"))
    before = charger.reading
    for _ in range(3):
        await peer.measure(current(10.0, "L1") | {"value": nonsense})
    assert charger.reading.current == before.current
    assert charger.reading.measured_at == before.measured_at
    ours = [r for r in caplog.records if r.name.startswith("custom_components.fusewise")]
    warnings = [r for r in ours if r.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "measured the impossible" in warnings[0].getMessage()


async def test_a_measurement_that_cannot_be_leaves_the_others_of_its_moment(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.measure(current(float("nan"), "L1"), power(2300, "L1"), current(5.0, "L2"))
    assert charger.reading.current == (10.0, 5.0, 0.0)


@pytest.mark.parametrize("ahead", [0.0, 7200.0, -1e9])
async def test_a_sample_is_dated_on_our_clock(
    central: CentralSystem, arrive: Arrive, clock: Clock, ahead: float
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", ahead=ahead)
    for _ in range(3):
        clock.advance(5.25)
        await peer.measure(current(10.0))
    assert charger.reading.measured_at == pytest.approx(clock.now, abs=1e-3)
    clock.advance(5.25)
    await peer.measure(current(11.0), ago=2.5)
    assert charger.reading.measured_at == pytest.approx(clock.now - 2.5, abs=1e-3)


async def test_a_sample_from_before_a_lost_line_does_not_replace_a_newer_one(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.measure(current(10.0, "L1"))
    await peer.measure(current(16.0, "L1"), ago=120.0)
    assert charger.reading.current == (10.0, 0.0, 0.0)


async def test_a_charger_is_asked_to_measure_what_is_needed_and_no_more(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    central.adopt("garage", ChargerSettings(sample_interval=7))
    peer = await arrive("garage")
    await eventually(lambda: "Current" in peer.configuration["MeterValuesSampledData"][0])
    assert peer.configuration["MeterValueSampleInterval"] == ("7", False)
    assert peer.configuration["MeterValuesSampledData"][0] == (
        "Current.Import,Voltage,Power.Active.Import,Energy.Active.Import.Register"
    )


async def test_a_charger_that_refuses_a_measurand_is_asked_for_fewer(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    central.adopt("garage")
    everything = "Current.Import,Voltage,Power.Active.Import,Energy.Active.Import.Register"
    peer = await arrive("garage", refused_values=frozenset({everything, "5"}))
    await eventually(lambda: "Current" in peer.configuration["MeterValuesSampledData"][0])
    assert "Voltage" not in peer.configuration["MeterValuesSampledData"][0]
    assert peer.configuration["MeterValueSampleInterval"] == ("60", False)


async def test_a_charger_that_does_not_answer_a_change_is_asked_for_its_state_all_the_same(
    central: CentralSystem,
    arrive: Arrive,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rpc, "ANSWER_TIME", 0.2)
    charger = central.adopt("garage")
    await arrive("garage", status="Preparing", silent=frozenset({"ChangeConfiguration"}))
    await eventually(lambda: charger.reading.status is ChargerStatus.PREPARING)


async def test_what_a_charger_measures_already_is_not_written_again(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    central.adopt("garage")
    peer = await arrive(
        "garage",
        configuration={
            "MeterValueSampleInterval": ("2", False),
            "MeterValuesSampledData": ("Voltage,Current.Import", False),
        },
    )
    await eventually(lambda: "TriggerMessage" in [action for action, _ in peer.heard])
    assert "ChangeConfiguration" not in [action for action, _ in peer.heard]


async def test_of_thousands_of_moments_in_one_message_the_newest_count(
    central: CentralSystem, arrive: Arrive, caplog: pytest.LogCaptureFixture
) -> None:
    """Reading them all would hold the event loop, and with it the fuse."""
    charger = central.adopt("garage", THREE)
    peer = await arrive("garage")
    told: list[Any] = []
    charger.events.subscribe(told.append)
    await peer.start()
    moments = [
        {"timestamp": peer.stamp(4000 - k), "sampled_value": [current(k / 1000, "L1")]}
        for k in range(2000)
    ]
    before = len(told)
    await peer.say(call.MeterValues(connector_id=1, meter_value=moments))
    assert len(told) - before == 500
    assert charger.reading.current == (1.999, 0.0, 0.0)
    assert "2000 moments in one message; the last 500 count (ocpp-invalid-payload)" in caplog.text
