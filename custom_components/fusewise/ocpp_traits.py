"""What was seen of OCPP chargers, as the balancing of a site takes it: their steps, and who is not paused for comfort."""

from collections.abc import Mapping
from dataclasses import replace

from .balancing.model import Site
from .devices.ocpp import OcppCharger

type Traits = Mapping[str, tuple[float, bool]]


def traits_of(chargers: Mapping[str, OcppCharger]) -> Traits:
    """Each charger's smallest step (A), and whether a limit of 0 pauses it."""
    return {key: (charger.step, charger.pauses) for key, charger in chargers.items()}


def with_traits(site: Site, traits: Traits) -> Site:
    """The site with these. Who pauses only by the end of a session is not paused where that can be avoided."""
    return replace(
        site,
        chargers=tuple(
            replace(charger, step=traits[charger.id][0], pausable=traits[charger.id][1])
            if charger.id in traits
            else charger
            for charger in site.chargers
        ),
    )
