"""Chapter 4: the GRU, gate by gate."""

from .candidate_gradient import candidate_gradient
from .gru_bptt import gru_bptt
from .gru_step import gru_step
from .keep_best import keep_best
from .previous_state_gradient import previous_state_gradient
from .reset_gate_gradient import reset_gate_gradient
from .update_gate_gradient import update_gate_gradient

__all__ = [
    "candidate_gradient",
    "gru_bptt",
    "gru_step",
    "keep_best",
    "previous_state_gradient",
    "reset_gate_gradient",
    "update_gate_gradient",
]
