"""Chapter 1: a vanilla RNN on a sine wave."""

from .forward_step import forward_step
from .loss_gradient import loss_gradient
from .numerical_gradient import numerical_gradient
from .repair import repair
from .truncated_bptt import truncated_bptt
from .windows import windows

__all__ = [
    "forward_step",
    "loss_gradient",
    "numerical_gradient",
    "repair",
    "truncated_bptt",
    "windows",
]
