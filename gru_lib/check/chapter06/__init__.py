"""Chapter 6: stock prices."""

from .border_windows import border_windows
from .leak_free_scaler import leak_free_scaler
from .log_returns import log_returns
from .persistence import persistence
from .skill import skill
from .walk_forward import walk_forward

__all__ = [
    "border_windows",
    "leak_free_scaler",
    "log_returns",
    "persistence",
    "skill",
    "walk_forward",
]
