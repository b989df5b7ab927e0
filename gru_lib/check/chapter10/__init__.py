"""Chapter 10: how fast is it?"""

from .count_forward import count_forward
from .gather import gather
from .gru_forward import gru_forward
from .hoist import hoist
from .speed_ratio import speed_ratio
from .stable_sigmoid import stable_sigmoid

__all__ = [
    "count_forward",
    "gather",
    "gru_forward",
    "hoist",
    "speed_ratio",
    "stable_sigmoid",
]
