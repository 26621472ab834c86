"""The meters we know: which registers hold the voltage, the current and the power of each phase.

A new one is a class with the addresses from its manual and a line in `METERS`. Its test has real register
values.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from modbus_connection.model import Component, float32


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterDescription:
    """A kind of meter."""

    name: str
    """What is printed on it."""
    registers: type[Component]
    """Has voltage_l1, current_l1 and power_l1 (V, A, W; import positive), and so for l2 and l3."""
    phases: int = 3
    current_has_sign: bool = False
    """False: its current is a magnitude, and only the power tells in which direction it flows."""


class Sdm630(Component):
    """Eastron SDM630 Modbus V1 and V2; SDM72 V2 has the same."""

    register_space = "input"
    voltage_l1, voltage_l2, voltage_l3 = float32(0x00), float32(0x02), float32(0x04)
    current_l1, current_l2, current_l3 = float32(0x06), float32(0x08), float32(0x0A)
    power_l1, power_l2, power_l3 = float32(0x0C), float32(0x0E), float32(0x10)


METERS: Mapping[str, MeterDescription] = {
    "sdm630": MeterDescription(name="Eastron SDM630", registers=Sdm630),
}
"""By the key that a site's configuration keeps."""
