"""Settings that every test shares: no window for figures, and how hard hypothesis searches."""

import os

import matplotlib
from hypothesis import settings

matplotlib.use("Agg")
settings.register_profile(
    "gru_lib", deadline=None, max_examples=50, derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("gru_lib")
