"""Figures that a reader can touch, in a notebook and in the plain page of the built book."""

from .gradient_distance import GradientDistance
from .lstm_gates import LSTMGates
from .next_letter import NextLetter
from .unrolled import UnrolledNetwork

__all__ = ["GradientDistance", "LSTMGates", "NextLetter", "UnrolledNetwork"]
