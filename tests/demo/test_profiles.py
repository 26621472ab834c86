"""Which limit of a charge point's profiles is in force."""

import math
from typing import Any

import pytest

from demo.clock import iso, now, parse
from demo.profiles import Profile, ProfileError, Profiles, read_profile

T = 1000.0


def profiles(phases: int = 3) -> Profiles:
    return Profiles(phases=phases, voltage=230.0, maximum=32.0)


def payload(
    limit: float | list[tuple[int, float]] = 16.0,
    *,
    purpose: str = "TxDefaultProfile",
    kind: str = "Absolute",
    unit: str = "A",
    stack_level: int = 0,
    id_: int = 1,
    schedule: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    periods = limit if isinstance(limit, list) else [(0, limit)]
    return {
        "charging_profile_id": id_,
        "stack_level": stack_level,
        "charging_profile_purpose": purpose,
        "charging_profile_kind": kind,
        "charging_schedule": {
            "charging_rate_unit": unit,
            "charging_schedule_period": [
                {"start_period": start, "limit": amperes} for start, amperes in periods
            ],
            **(schedule or {}),
        },
        **more,
    }


def read(*args: Any, **kwargs: Any) -> Profile:
    return read_profile(payload(*args, **kwargs), T, float)


def test_without_a_profile_only_the_hardware_limits() -> None:
    assert profiles().limit(T) == 32.0


def test_a_tx_profile_lies_above_the_default_until_its_duration_ends() -> None:
    stack = profiles()
    stack.install(1, read(8.0))
    stack.install(1, read(14.0, purpose="TxProfile", id_=2, schedule={"duration": 30}))
    assert [stack.limit(T + s) for s in (0, 29.9, 30)] == [14.0, 14.0, 8.0]


def test_the_highest_stack_level_that_covers_the_moment_leads() -> None:
    stack = profiles()
    stack.install(1, read(10.0))
    stack.install(1, read(20.0, id_=2, stack_level=3, schedule={"duration": 60}))
    stack.install(1, read(6.0, id_=3, stack_level=2, schedule={"start_schedule": str(T + 90)}))
    assert [stack.limit(T + s) for s in (0, 70, 100)] == [20.0, 10.0, 6.0]


def test_the_charge_point_maximum_caps_everything() -> None:
    stack = profiles()
    stack.install(0, read(10.0, purpose="ChargePointMaxProfile"))
    assert stack.limit(T) == 10.0
    stack.install(1, read(14.0, purpose="TxProfile", id_=2))
    assert stack.limit(T) == 10.0
    stack.install(1, read(6.0, purpose="TxProfile", id_=2))
    assert stack.limit(T) == 6.0


def test_the_connectors_default_replaces_the_default_for_all() -> None:
    stack = profiles()
    stack.install(0, read(10.0, stack_level=5))
    stack.install(1, read(20.0, id_=2))
    assert stack.limit(T) == 20.0


def test_a_profile_of_the_same_purpose_and_level_replaces() -> None:
    stack = profiles()
    stack.install(1, read(10.0))
    stack.install(1, read(20.0, id_=2))
    stack.clear(lambda _, profile: profile.id == 2)
    assert stack.limit(T) == 32.0


def test_watts_are_shared_over_the_phases() -> None:
    three, one = profiles(), profiles(phases=1)
    for stack in (three, one):
        stack.install(1, read(6900.0, unit="W"))
    assert three.limit(T) == pytest.approx(10.0)
    assert one.limit(T) == pytest.approx(30.0)


def test_a_relative_profile_counts_from_the_beginning_of_the_transaction() -> None:
    stack = profiles()
    stack.install(1, read([(0, 20.0), (60, 10.0)], kind="Relative"))
    assert stack.limit(T, transaction_began=T - 59) == 20.0
    assert stack.limit(T, transaction_began=T - 60) == 10.0


def test_a_daily_profile_comes_again() -> None:
    stack = profiles()
    nightly = {"start_schedule": str(T), "duration": 3600}
    stack.install(1, read(6.0, kind="Recurring", recurrency_kind="Daily", schedule=nightly))
    assert stack.limit(T + 86_400 + 10) == 6.0
    assert stack.limit(T + 86_400 + 3700) == 32.0


def test_a_profile_counts_only_while_it_is_valid() -> None:
    stack = profiles()
    stack.install(1, read(6.0, valid_from=str(T + 10), valid_to=str(T + 20)))
    assert [stack.limit(T + s) for s in (0, 15, 20)] == [32.0, 6.0, 32.0]


def test_tx_profiles_end_with_the_transaction_and_defaults_stay() -> None:
    stack = profiles()
    stack.install(1, read(8.0))
    stack.install(1, read(14.0, purpose="TxProfile", id_=2))
    stack.end_transaction()
    assert stack.limit(T) == 8.0


def test_the_composite_schedule_names_every_change() -> None:
    stack = profiles()
    stack.install(0, read(25.0, purpose="ChargePointMaxProfile", id_=9))
    stack.install(1, read(8.0))
    stack.install(
        1, read([(0, 30.0), (10, 14.0)], purpose="TxProfile", id_=2, schedule={"duration": 30})
    )
    assert stack.composite(T, 120) == [(0.0, 25.0), (10.0, 14.0), (30.0, 8.0)]
    assert stack.composite(T + 12, 5) == [(0.0, 14.0)]


@pytest.mark.parametrize(
    "bad",
    [
        payload(math.nan),
        payload(-1.0),
        payload([]),
        payload([(10, 6.0), (0, 7.0)]),
        payload([(n, 6.0) for n in range(25)]),
        payload(stack_level=9),
        payload(kind="Recurring"),
        payload(schedule={"start_schedule": "yesterday"}),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ProfileError):
        read_profile(bad, T, float)


def test_a_profile_on_the_wrong_connector_is_refused() -> None:
    with pytest.raises(ProfileError):
        profiles().install(1, read(10.0, purpose="ChargePointMaxProfile"))
    with pytest.raises(ProfileError):
        profiles().install(0, read(10.0, purpose="TxProfile"))


def test_more_profiles_than_fit_are_refused() -> None:
    stack = profiles()
    levels = [(connector, level) for connector in (0, 1) for level in range(9)]
    for id_, (connector, level) in enumerate(levels):
        stack.install(connector, read(10.0, id_=id_, stack_level=level))
    for level in (0, 1):
        stack.install(1, read(10.0, purpose="TxProfile", id_=50 + level, stack_level=level))
    with pytest.raises(ProfileError):
        stack.install(1, read(10.0, purpose="TxProfile", id_=60, stack_level=2))


def test_dates_on_the_wire_are_moments_of_the_demos_clock() -> None:
    moment = now()
    assert parse(iso(moment)) == pytest.approx(moment, abs=0.001)
    assert parse(iso(moment).removesuffix("Z")) == pytest.approx(moment, abs=0.001)
