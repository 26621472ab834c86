"""What is wrong with a question put to the balancer, said so that it can be mended."""

__all__ = ["BalancingError", "ClockError", "SiteError", "SnapshotError"]


class BalancingError(ValueError):
    """The balancer was asked something that has no safe answer."""


class SiteError(BalancingError):
    """The configured site contradicts itself: a circuit without its feeder, a rating of -5 A."""


class SnapshotError(BalancingError):
    """What is known now names something that the site does not have, or is out of the possible."""


class ClockError(BalancingError):
    """The snapshot is older than the memory: time ran backwards."""
