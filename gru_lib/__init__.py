"""Recurrent neural networks by hand, in NumPy: the code that the book explains."""

from .bidirectional import Bidirectional
from .concat_gru import ConcatGRU, flip_update_gate
from .dense import Dense
from .gru import GRU
from .lstm import LSTM
from .model import Model
from .rnn import RNN

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Bidirectional",
    "ConcatGRU",
    "Dense",
    "Model",
    "flip_update_gate",
]
