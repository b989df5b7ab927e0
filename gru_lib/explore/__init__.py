"""Figures that a reader can touch, in a notebook and in the plain page of the built book."""

from .cliff import Cliff
from .free_running import FreeRunning
from .gradient_distance import GradientDistance
from .gru_blocks import GRUBlocks
from .gru_gates import GRUGates
from .live import Live
from .lstm_gates import LSTMGates
from .next_letter import NextLetter
from .unrolled import UnrolledNetwork

__all__ = [
    "Cliff",
    "FreeRunning",
    "GRUBlocks",
    "GRUGates",
    "GradientDistance",
    "LSTMGates",
    "Live",
    "NextLetter",
    "UnrolledNetwork",
]
