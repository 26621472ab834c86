"""What the entities of a charger are to us: each has a role, and all but one are optional."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

__all__ = ["NO_TRAITS", "Action", "ChargerEntities", "Limit", "Phases", "Switch", "Traits"]

CURRENT, MILLIAMPERES, WATTS, KILOWATTS = "{current}", "{current_ma}", "{watts}", "{kilowatts}"
PHASES = "{phases}"
FIGURES = (CURRENT, MILLIAMPERES, WATTS, KILOWATTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action of Home Assistant with its parameters.

    In these '{current}' stands for the amperes, '{current_ma}' for milliamperes, '{watts}' and '{kilowatts}' for
    the power on so many '{phases}'; alone, or within a text.
    """

    name: str
    """domain.action"""
    takes_zero: bool = False
    """0 A pauses the charger."""
    least: float = 1.0
    """A; it takes nothing between that and 0."""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tells(self) -> bool:
        """Among its parameters is one for how much the charger may let through."""
        return any(figure in text for text in _texts(self.data) for figure in FIGURES)

    def filled(self, current: float, voltage: float = 230.0, phases: int = 1) -> dict[str, Any]:
        """The parameters for so many A, in whole numbers where they are whole: some actions take nothing else.

        `voltage` is between a conductor and neutral. A power is never rounded up.
        """
        watts = int(current * voltage * phases)
        figures = {
            CURRENT: int(current) if current == int(current) else current,
            MILLIAMPERES: int(1000 * current),
            WATTS: watts,
            KILOWATTS: watts / 1000,
            PHASES: phases,
        }
        return {key: _filled(value, figures) for key, value in self.data.items()}


def _filled(value: Any, figures: Mapping[str, float]) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(each, figures) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, figures) for each in value]
    if not isinstance(value, str):
        return value
    if value in figures:
        return figures[value]
    for name, figure in figures.items():
        value = value.replace(name, f"{figure:g}" if isinstance(figure, float) else str(figure))
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How the charger is told how much it may let through: by a number, a select or an action."""

    entity: str | None = None
    action: Action | None = None
    shown_by: str | None = None
    """The entity that shows what an action has set, where there is one."""
    phases: int = 1
    """On how many conductors a power is that limits it. A car that uses fewer draws more on each, so 1 is safe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """How charging is switched on and off: by a switch, or by two options of a select."""

    entity: str
    on: str = "on"
    off: str = "off"
    follows_car: bool = False
    """It shows whether the car charges and not whether it may: a car that is full turns it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """How the charger is told to charge on one phase or on all: by a switch, a select, a number or an action."""

    one: str
    """What stands for one phase, as it is shown and told."""
    all: str
    """And for all of them."""
    entity: str | None = None
    action: Action | None = None
    """In the place of the entity; '{phases}' stands for the word."""
    shown_by: str | None = None
    """The entity that shows what an action has set, where there is one."""
    one_shown: str | None = None
    """What it shows for one phase, where that is another word than the one that is told …"""
    all_shown: str | None = None
    """… and for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a charger cannot do, or wants."""

    obeys_within: float = 10.0
    """s from a command until it draws no more than that, and shows it."""
    minimum_interval: float = 0.0
    """s between two rises of its limit, because its memory or its cloud wears out."""
    falls_wait_too: bool = False
    """It refuses every command that comes too soon, not only those that could wait."""
    renew: float | None = None
    """s after which it has forgotten its limit; None: it keeps it."""


NO_TRAITS = Traits()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerEntities:
    """The entities of a charger by their role."""

    limit: Limit | None = None
    switch: Switch | None = None
    phases: Phases | None = None
    status: str | None = None
    statuses: Mapping[str, str] = field(default_factory=dict)
    """What its words for its status mean, where they mean something else than they say."""
    currents: tuple[str, ...] = ()
    """One for each of its conductors, or one."""
    power: str | None = None
    energy: str | None = None
    """What it has charged in all, or in this session."""
    presence: str | None = None
    """Whether it is at home, where it is a vehicle: elsewhere it is none of ours."""
    traits: Traits = NO_TRAITS
    arm: Action | None = None
    """Sets what it falls back to by itself when it hears nothing any more, where it can."""
    hold: float | None = None
    """s for which what somebody else has set is kept; None: until the car leaves."""

    def wired(self, conductors: int) -> Self:
        """As they are for a charger with so many conductors: a power is on no more of them than there are."""
        if self.limit is None or self.limit.phases <= conductors:
            return self
        return replace(self, limit=replace(self.limit, phases=conductors))

    def __iter__(self) -> Iterator[str]:
        """The ids of all its entities."""
        limit = self.limit and (self.limit.entity or self.limit.shown_by)
        switch = self.switch and self.switch.entity
        phases = self.phases and (self.phases.entity or self.phases.shown_by)
        others = (phases, self.status, self.power, self.energy, self.presence)
        chosen = (limit, switch, *others, *self.currents)
        yield from (entity for entity in chosen if entity)
