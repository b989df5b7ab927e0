"""Chapter 1: a vanilla RNN on a sine wave."""

from .truncated_bptt import truncated_bptt

__all__ = ["truncated_bptt"]
