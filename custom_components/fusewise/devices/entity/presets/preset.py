"""What can be said of an integration's chargers: which entity has which role, and what it cannot do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..roles import NO_TRAITS, Action, Traits

__all__ = ["Preset", "Role"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An entity of the device, by its domain and by how its integration calls it."""

    domain: str
    key: str
    """Its translation key, or the end of its unique id; or several such, as versions differ: 'new|old'.

    '{part}' stands for what tells one of a device's chargers from the other.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """The chargers of one integration."""

    integration: str
    """Its domain in Home Assistant."""
    source: str
    """Where what stands here was read."""
    limit: Role | None = None
    action: Action | None = None
    """In the place of a limit's entity; '{device}' stands for the id of the device."""
    has_device: bool = True
    """False: its entities belong to no device, so there is one charger of its kind at most."""
    limit_shown_by: Role | None = None
    """What shows the limit that the action has set."""
    parts: str | None = None
    """Where one device may have several chargers: a pattern for a limit's unique id; its group tells which."""
    switch: Role | None = None
    on: str = "on"
    """The state that lets the car charge; or several such, as versions differ: 'new|old'."""
    off: str = "off"
    switch_follows_car: bool = False
    phases: Role | None = None
    """What sets whether it charges on one phase or on all, where there is one; the words for both follow."""
    phases_action: Action | None = None
    """In its place; '{phases}' stands for the word, '{device}' for the id of the device."""
    one_phase: str = "on"
    all_phases: str = "off"
    phases_shown_by: Role | None = None
    """What shows what the action has set, in these words:"""
    one_phase_shown: str | None = None
    all_phases_shown: str | None = None
    status: Role | None = None
    statuses: Mapping[str, str] = field(default_factory=dict)
    currents: tuple[Role, ...] = ()
    power: Role | None = None
    presence: Role | None = None
    """Where a vehicle is."""
    traits: Traits = NO_TRAITS
    arm: Action | None = None
    """Arms the fall-back of its own that it has; '{current}' stands for the amperes."""
    is_plug: bool = False
    """It is made for anything, so it is offered last and by that name."""
    is_only_watched: bool = False
    """Home Assistant sees what it does, but nothing there sets how much it may draw."""
