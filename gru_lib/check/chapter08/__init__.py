"""Chapter 8: deeper, both ways, any length."""

from .dropout import dropout
from .early_stopping import early_stopping
from .last_states import last_states
from .masked_mean import masked_mean
from .masked_step import masked_step
from .reverse_padded import reverse_padded
from .stacked import stacked

__all__ = [
    "dropout",
    "early_stopping",
    "last_states",
    "masked_mean",
    "masked_step",
    "reverse_padded",
    "stacked",
]
