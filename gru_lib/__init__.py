"""Recurrent neural networks by hand, in NumPy: the code that the book explains."""

from .model import Dense, Model
from .rnn import RNN

__all__ = ["RNN", "Dense", "Model"]
