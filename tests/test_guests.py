"""A vehicle is known to a charger by its card, its address, its plug, by coming home, or by choice."""

from dataclasses import dataclass, field
from typing import override

import pytest

from custom_components.fusewise.balancing.model import (
    ChargerReading,
    ChargerStatus,
    PerPhase,
    Session,
)
from custom_components.fusewise.devices.home import Vehicle, VehicleReading
from custom_components.fusewise.guests import EFFICIENCY, Guest, Guests, KnownBy


@dataclass
class Car(Vehicle):
    """A vehicle that tells what it is given to tell."""

    told: VehicleReading = field(default_factory=VehicleReading)
    known_as: tuple[str, ...] = ()
    usually_at: str | None = None

    @property
    @override
    def reading(self) -> VehicleReading:
        return self.told

    @property
    @override
    def cards(self) -> tuple[str, ...]:
        return self.known_as

    @property
    @override
    def charger(self) -> str | None:
        return self.usually_at


def charging(
    session: str = "one",
    started: float = 1000.0,
    current: PerPhase | None = None,
    maximum: float | None = None,
) -> ChargerReading:
    return ChargerReading(
        status=ChargerStatus.CHARGING,
        current=current,
        session=Session(id=session, started=started, maximum=maximum),
    )


EMPTY = ChargerReading(status=ChargerStatus.AVAILABLE)
LOST = ChargerReading(status=ChargerStatus.UNAVAILABLE, online=False)


class Home:
    """Vehicles, and chargers that say what is on them."""

    def __init__(self, **vehicles: Car) -> None:
        self.guests = Guests()
        self.guests.configure(vehicles)
        self.cards: dict[str, str] = {}
        self.guests.card_at = self.cards.get
        self.now = 1000.0

    def look(self, seconds: float = 1.0, **chargers: ChargerReading) -> dict[str, ChargerReading]:
        self.now += seconds
        return self.guests.look(chargers, self.now, 230.0)

    def known(self) -> dict[str, tuple[str, KnownBy]]:
        return {key: (guest.vehicle, guest.known_by) for key, guest in self.guests.at.items()}


HOME = VehicleReading(at_home=True, home_since=-9000.0)


@pytest.mark.parametrize(
    ("own", "shown", "known_by"),
    [
        ("04A1B2C3", "04a1b2c3", KnownBy.CARD),
        ("04 A1 B2 C3", "04:A1:B2:C3", KnownBy.CARD),
        ("A4:53:EE:00:12:34", "VID:A453EE001234", KnownBy.MAC),
        ("a453ee001234", "a4-53-ee-00-12-34", KnownBy.MAC),
    ],
)
def test_a_card_or_an_address_is_known_however_it_is_written(
    own: str, shown: str, known_by: KnownBy
) -> None:
    home = Home(van=Car(known_as=(own,)), other=Car(known_as=("FF",), usually_at="garage"))
    home.cards["garage"] = shown
    home.look(garage=charging())
    assert home.known() == {"garage": ("van", known_by)}


def test_a_card_that_comes_late_is_worth_more_than_a_guess() -> None:
    home = Home(van=Car(usually_at="garage"), coupe=Car(known_as=("FF",)))
    home.look(garage=charging())
    assert home.known() == {"garage": ("van", KnownBy.USUAL)}
    home.cards["garage"] = "FF"
    home.look(garage=charging())
    assert home.known() == {"garage": ("coupe", KnownBy.CARD)}


def test_the_one_that_came_home_is_the_one_that_is_plugged_in() -> None:
    came = VehicleReading(at_home=True, home_since=700.0)
    home = Home(van=Car(came), coupe=Car(HOME), away=Car(VehicleReading(at_home=False)))
    home.look(garage=charging())
    assert home.known() == {"garage": ("van", KnownBy.CAME_HOME)}
    # The next one to be plugged in is the only one that is left.
    home.look(garage=charging(), carport=charging("two", started=1010.0))
    assert home.known()["carport"] == ("coupe", KnownBy.ONLY_ONE)


def test_the_cable_tells_two_apart_that_came_together() -> None:
    came = VehicleReading(at_home=True, home_since=700.0, plugged=False)
    plugged = VehicleReading(at_home=True, home_since=700.0, plugged=True, plugged_since=1060.0)
    home = Home(van=Car(came), coupe=Car(plugged))
    home.look(garage=charging())
    assert home.known() == {"garage": ("coupe", KnownBy.PLUG)}


def test_of_two_that_it_may_be_alike_nobody_is_named() -> None:
    home = Home(van=Car(HOME), coupe=Car(HOME))
    found = home.look(garage=charging())
    assert home.known() == {}
    assert found == {"garage": charging()}


def test_one_that_is_away_is_not_at_its_usual_charger() -> None:
    home = Home(van=Car(VehicleReading(at_home=False), usually_at="garage"))
    home.look(garage=charging())
    assert home.known() == {}


def test_a_choice_holds_until_the_car_leaves() -> None:
    home = Home(van=Car(usually_at="garage"), coupe=Car())
    home.look(garage=charging())
    home.guests.choose("garage", "coupe")
    home.look(garage=charging())
    assert home.known() == {"garage": ("coupe", KnownBy.CHOICE)}
    home.cards["garage"] = "unknown"
    home.look(garage=LOST)  # a line that is lost is no car that has left
    home.look(garage=charging())
    assert home.known() == {"garage": ("coupe", KnownBy.CHOICE)}
    home.look(garage=EMPTY)
    assert home.known() == {}
    home.look(garage=charging("two"))
    assert home.known() == {"garage": ("van", KnownBy.USUAL)}
    home.guests.choose("garage", None)
    home.look(garage=charging("two"))
    assert home.known() == {}


def test_a_vehicle_is_at_one_charger_only() -> None:
    home = Home(van=Car(usually_at="garage"))
    home.look(garage=charging(), carport=charging("two"))
    home.guests.choose("carport", "van")
    home.look(garage=charging(), carport=charging("two"))
    assert home.known() == {"carport": ("van", KnownBy.CHOICE)}


def test_what_it_needs_falls_by_what_it_was_given() -> None:
    told = VehicleReading(soc=50.0, target=80.0, capacity_kwh=60.0)
    van = Car(told, usually_at="garage")
    home = Home(van=van)
    session = home.look(garage=charging(current=(16, 16, 16)))["garage"].session
    assert session is not None
    assert session.energy_needed_kwh == pytest.approx(18 / EFFICIENCY)
    for _ in range(60):
        session = home.look(60.0, garage=charging(current=(16, 16, 16)))["garage"].session
    assert session is not None
    assert session.energy_needed_kwh == pytest.approx(18 / EFFICIENCY - 11.04)
    assert home.guests.at["garage"].soc_now(told) == pytest.approx(50 + 11.04 * 0.9 / 60 * 100)
    # While its cloud is away, it is as it was told last.
    van.told = VehicleReading(target=80.0, capacity_kwh=60.0)
    session = home.look(garage=charging())["garage"].session
    assert session is not None
    assert session.energy_needed_kwh == pytest.approx(18 / EFFICIENCY - 11.04)
    # What it says itself is right again.
    van.told = VehicleReading(soc=81.0, target=80.0, capacity_kwh=60.0)
    session = home.look(garage=charging())["garage"].session
    assert session is not None
    assert session.energy_needed_kwh == 0


def test_what_the_vehicle_takes_at_most_is_no_more_than_the_session_may() -> None:
    home = Home(van=Car(VehicleReading(maximum=13.0), usually_at="garage"))
    for maximum, expected in ((None, 13.0), (10.0, 10.0), (16.0, 13.0)):
        session = home.look(garage=charging(maximum=maximum))["garage"].session
        assert session is not None
        assert session.maximum == expected


def test_who_was_where_is_known_after_a_restart() -> None:
    home = Home(van=Car(), coupe=Car())
    home.guests.resume({"garage": Guest(vehicle="van", known_by=KnownBy.CARD, session="before")})
    home.look(garage=LOST)
    home.look(garage=charging("after"))
    assert home.known() == {"garage": ("van", KnownBy.CARD)}
    # But not of one that is gone.
    home.guests.configure({"coupe": Car()})
    assert home.known() == {}


def test_another_session_is_another_car() -> None:
    home = Home(van=Car(known_as=("FF",)))
    home.cards["garage"] = "FF"
    home.look(garage=charging())
    home.cards["garage"] = "AA"
    home.look(garage=charging("two"))
    assert home.known() == {}
