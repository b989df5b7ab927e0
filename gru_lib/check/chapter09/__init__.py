"""Chapter 9: the next letter."""

from .bigram import bigram
from .bits_per_letter import bits_per_letter
from .cross_entropy_gradient import cross_entropy_gradient
from .encode import encode
from .generate import generate
from .sample import sample

__all__ = [
    "bigram",
    "bits_per_letter",
    "cross_entropy_gradient",
    "encode",
    "generate",
    "sample",
]
