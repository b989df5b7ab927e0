"""Chapter 2: why a gradient explodes, or vanishes."""

from .clip_by_norm import clip_by_norm
from .clip_by_value import clip_by_value
from .gradient_norms import gradient_norms
from .scale_to_radius import scale_to_radius
from .spectral_bound import spectral_bound
from .step_jacobian import step_jacobian

__all__ = [
    "clip_by_norm",
    "clip_by_value",
    "gradient_norms",
    "scale_to_radius",
    "spectral_bound",
    "step_jacobian",
]
