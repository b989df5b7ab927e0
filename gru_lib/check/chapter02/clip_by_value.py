"""Chapter 2: clipping by value."""

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "only from above": (
        "Entries below -c are let through: a large negative entry makes as long a step as a large "
        "positive one."
    ),
    "only from below": "Entries above c are let through; only those below -c are moved.",
    "lower limit 0": "Negative entries have become 0. The interval goes from -c to c.",
    "sign lost": "The sizes are clipped and the signs are lost: nothing is negative.",
    "sign forgotten": (
        "Entries below -c have become +c. Their size was too large; their sign was right."
    ),
    "only the signs": (
        "All entries have become c or -c, also those that lay inside the interval. They must stay."
    ),
    "set to zero": "Entries outside the interval have become 0. They belong at its nearer end.",
    "limits exchanged": (
        "Every entry has become -c: the lower and the upper end of the interval are exchanged."
    ),
    "minimum and maximum exchanged": (
        "Every entry has become c. The minimum with -c leaves nothing above -c, and the maximum "
        "with c then lifts it all to c. The minimum belongs to c, the maximum to -c."
    ),
    "scaled by the largest entry": (
        "The whole array is scaled so that its largest entry is c. That keeps the direction, and "
        "is another way to clip. Here each entry is judged by itself."
    ),
    "always rescaled": (
        "The array is always scaled so that its largest entry is c, even if all of it lies "
        "inside the interval, where nothing should change."
    ),
    "clip by norm for clip by value": (
        "This is clipping by norm: the whole array is scaled. Here each entry is judged by itself."
    ),
    "squashed": (
        "`c * tanh(g / c)` stays in the interval, but it changes every entry. Those that lie in "
        "the interval should stay as they are."
    ),
    "limit not used": "You clip at 1, whatever `c` is.",
}


def _draw(rng, i):
    shape = ((3,), (2, 2), (1,), (2, 3), (5,), (4, 2), (1, 3))[i % 7]
    g = 2 * rng.normal(size=shape)
    c = float(rng.uniform(0.3, 2.5))
    return {"g": g, "c": 1.5 * float(np.abs(g).max()) if i % 6 == 4 else c}


def _truth(g, c):
    """Take the middle one of -c, the entry and c, entry by entry."""
    return np.array([sorted((-c, v, c))[1] for v in g.ravel().tolist()]).reshape(g.shape)


def _variant(g, c, slips=frozenset()):
    c = 1.0 if "limit not used" in slips else c
    large, norm = np.abs(g).max(), np.linalg.norm(g)
    outside = np.abs(g) > c
    wrong = {
        "only from above": lambda: np.minimum(g, c),
        "only from below": lambda: np.maximum(g, -c),
        "lower limit 0": lambda: np.clip(g, 0, c),
        "sign lost": lambda: np.minimum(np.abs(g), c),
        "sign forgotten": lambda: np.where(outside, c, g),
        "only the signs": lambda: c * np.sign(g),
        "set to zero": lambda: np.where(outside, 0, g),
        "limits exchanged": lambda: np.minimum(np.maximum(g, c), -c),
        "minimum and maximum exchanged": lambda: np.maximum(np.minimum(g, -c), c),
        "scaled by the largest entry": lambda: g * min(1, c / large),
        "always rescaled": lambda: g * c / large,
        "squashed": lambda: c * np.tanh(g / c),
        "clip by norm for clip by value": lambda: g * min(1, c / norm),
    }
    return next((f() for slip, f in wrong.items() if slip in slips), np.clip(g, -c, c))


EXERCISE = Exercise(
    name="clip_by_value",
    outputs=("clipped",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda g, **_: {"entries": g.size},
)


def clip_by_value(answer):
    """Check clipping by value.

    Args:
        answer: function `(g, c) -> clipped`, of an array of any shape and a limit above 0.

    Returns:
        A `Verdict`. The truth is the middle one of -c, the entry and c (chapter 2, eq-clip-value).

    """
    return EXERCISE.check(answer)
