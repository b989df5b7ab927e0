"""Chapter 3: the LSTM, equation by equation."""

from .adding_baseline import adding_baseline
from .cell_gradient import cell_gradient
from .forget_bias import forget_bias
from .half_life import half_life
from .lstm_bptt import lstm_bptt
from .lstm_step import lstm_step
from .lstm_step_backward import lstm_step_backward

__all__ = [
    "adding_baseline",
    "cell_gradient",
    "forget_bias",
    "half_life",
    "lstm_bptt",
    "lstm_step",
    "lstm_step_backward",
]
