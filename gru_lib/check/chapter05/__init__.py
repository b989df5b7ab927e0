"""Chapter 5: the GRU with concatenation."""

from .concat_step import concat_step
from .concat_step_backward import concat_step_backward
from .concatenate_weights import concatenate_weights
from .count_parameters import count_parameters
from .split_weights import split_weights

__all__ = [
    "concat_step",
    "concat_step_backward",
    "concatenate_weights",
    "count_parameters",
    "split_weights",
]
