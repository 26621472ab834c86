"""Finds the pure packages in an empty package, so that measuring them starts without Home Assistant: 0.1 s, not 2 s."""

from pathlib import Path
import sys
from types import ModuleType

__all__ = ["leave_home_assistant_out"]

NAME = "custom_components.fusewise"


def leave_home_assistant_out() -> None:
    """Call it before anything of the integration is imported."""
    package = ModuleType(NAME)
    package.__path__ = [str(Path(__file__).parent.parent / "custom_components" / "fusewise")]
    sys.modules.setdefault(NAME, package)
