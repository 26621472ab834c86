"""What is known of the chargers of each integration, as data: see `preset.py` for what can be said."""

from collections.abc import Sequence

from .core import PRESETS as _OF_HOME_ASSISTANT
from .custom import PRESETS as _OF_OTHERS
from .preset import Preset, Role
from .switched import PRESETS as _SWITCHED
from .vehicles import PRESETS as _VEHICLES

__all__ = ["PRESETS", "Preset", "Role"]

PRESETS: Sequence[Preset] = (*_OF_HOME_ASSISTANT, *_SWITCHED, *_OF_OTHERS, *_VEHICLES)
"""In the order in which they are offered."""
