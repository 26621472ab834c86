"""By how much a value has to move until that is worth a line of history: history stays small.

A value is written at once when it moves by its dead band, and in any case when it has settled elsewhere. A
load is written too when it goes above its limit, or comes back: else a graph would show for minutes what lasted
a second.
"""

from datetime import timedelta
from typing import Final

CAR_CURRENT: Final = 1.0
"""A: a setpoint that moves by less is not told to the charger either."""
LOAD: Final = 2.0
"""A of a circuit: a kettle is 9 A, a lamp is nothing that anybody looks for here."""
ABOVE: Final = 0.5
"""A above a limit that are shown as such: less is how exactly cars keep to it."""
POWER: Final = 500.0
"""W."""
ENERGY: Final = 0.5
"""kWh."""
DEMAND_ENERGY: Final = 0.25
"""kWh in a demand window."""
DEMAND: Final = 0.5
"""kW."""
MOMENT: Final = timedelta(minutes=10)
"""An expected time moves a little all the time."""
TEMPERATURE: Final = 2.0
"""°C in a panel."""
SHARE: Final = 5.0
"""% of a rating."""
PRICE: Final = 0.005
"""Per kWh."""
STATE_OF_CHARGE: Final = 2.0
"""%."""

SETTLED: Final = 300.0
"""s: what moves less than its band, but for long, is written this often."""
