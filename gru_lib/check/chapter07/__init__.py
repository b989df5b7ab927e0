"""Chapter 7: the same GRU in PyTorch; none of the exercises needs PyTorch."""

from .accumulated import accumulated
from .cosine_forecast import cosine_forecast
from .from_torch import from_torch
from .relative_difference import relative_difference
from .torch_gru import torch_gru

__all__ = [
    "accumulated",
    "cosine_forecast",
    "from_torch",
    "relative_difference",
    "torch_gru",
]
