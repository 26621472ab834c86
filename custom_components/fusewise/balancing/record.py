"""What every cycle makes anew for each charger, meter and circuit: unchangeable by type, and quick to make."""

from typing import TYPE_CHECKING

__all__ = ["record"]

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from collections.abc import Callable
    from dataclasses import dataclass

    def record(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """A dataclass that is frozen for the type checker only: mypy finds whoever assigns to it.

        A frozen dataclass takes three times as long to make, each of its fields through `object.__setattr__`;
        where a cycle makes thousands that is a tenth of it. So is naming the arguments: where thousands are
        made, they are given in the order of the fields.
        """
        return dataclass(slots=slots, unsafe_hash=frozen)
