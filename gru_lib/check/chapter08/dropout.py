"""Chapter 8: inverted dropout, forwards and backwards."""

import numpy as np

from ...gradcheck import complex_step
from ..exercise import Exercise

SLIPS = {
    "p and 1 - p exchanged": (
        "The entries whose number is *below* p stay, and the others go: with p = 0.25 only a "
        "quarter is left. An entry is left out where its number is below p."
    ),
    "mask from the other end": (
        "An entry stays where its number is below 1 - p. That leaves out as many, on average, but "
        "others than asked for: those whose number is below p go."
    ),
    "equal number taken for below": (
        "An entry whose number *equals* p is treated like those below p. It is left out only below "
        "p: where `uniform >= p`, it stays."
    ),
    "factor missing forwards": (
        "In `u` the entries that stay are not divided by 1 - p. A mask alone makes the mean of `u` "
        "(1 - p) times `h`, and a prediction, which leaves nothing out, then gets more than the "
        "network was trained for."
    ),
    "division missing": (
        "The entries that stay are not divided by 1 - p, neither forwards nor backwards. A mask "
        "alone makes the mean of `u` (1 - p) times `h`, in training; the division makes up for it."
    ),
    "divided by p": (
        "The entries that stay are divided by p. They make up for those that are missing: of all, "
        "a share 1 - p is left, so that is what to divide by."
    ),
    "p taken for the share that stays": (
        "The entries whose number is below p stay, and are divided by p: p is taken for the "
        "probability to *stay*, as in some older libraries. Here an entry is left out with "
        "probability p."
    ),
    "divided by the share that stayed": (
        "The entries that stay are divided by the share that happened to stay in this draw. Divide "
        "by 1 - p, the share that stays on average."
    ),
    "multiplied for divided": (
        "The entries that stay are multiplied by 1 - p where they are divided by it: they shrink "
        "once more, in place of making up for those that are missing."
    ),
    "factor missing in the gradient": (
        "In `dh` the entries that stay lack their factor. What multiplies an entry forwards, 1 / "
        "(1 - p), multiplies its gradient backwards."
    ),
    "factor twice in the gradient": (
        "`dh` has the factor of the entries that stay twice. Once is enough."
    ),
    "always off": (
        "In training, too, everything passes as it is: dropout is never on. There the mask and the "
        "factor 1 / (1 - p) belong to both results."
    ),
    "mask missing": (
        "Nothing is left out, neither forwards nor backwards. In training `u` and `dh` have to be "
        "0 where the number is below p."
    ),
    "mask missing forwards": (
        "In `u` nothing is left out. In training it has to be 0 where the number is below p."
    ),
    "mask missing in the gradient": (
        "In `dh` nothing is left out. Where an entry is left out, `u` is 0 whatever `h` is, and so "
        "is the gradient."
    ),
    "path forgotten: dropout": (
        "While dropout is on, `dh` is `du` as it came. Backwards the gradient passes the mask and "
        "the factor that belong to the forward pass."
    ),
    "h for du": (
        "While dropout is on, `dh` is made of `h`. What passes the mask and the factor backwards "
        "is `du`."
    ),
    "results in another order": (
        "While dropout is on, the two results stand in the other order: first `u`, made of `h`, "
        "then `dh`, made of `du`."
    ),
    "mask of the output": (
        "The backward mask is read off the output, as in `u != 0`. An entry of `h` that is 0 by "
        "itself but was kept does get a gradient. Use the mask that was drawn."
    ),
    "gradient times h": (
        "`dh` is multiplied by `u` (or by `h`) where only the mask and the factor belong. The "
        "derivative of h m / (1 - p) with respect to h is m / (1 - p)."
    ),
    "dropout left on": (
        "`training` makes no difference: entries are left out for a prediction, too. Two "
        "predictions from the same input would differ."
    ),
    "training turned round": (
        "Dropout is off in training and on for a prediction: `training` is read the wrong way "
        "round."
    ),
    "gradient zero when predicting": (
        "While dropout is off, `dh` is zero. Then everything passes as it is, backwards too: `dh` "
        "is `du`."
    ),
    "gradient masked when predicting": (
        "While dropout is off, `dh` goes through the mask, although nothing was left out. Both "
        "results depend on `training`."
    ),
    "older form": (
        "This is the older form of dropout: no division in training, and `h` times 1 - p for a "
        "prediction. In the form asked for the division is done in training, and a prediction "
        "needs nothing."
    ),
    "divided when predicting": (
        "While dropout is off, everything is divided by 1 - p, although nothing is left out. The "
        "division makes up for the entries that are missing, and none is."
    ),
    "scaled when predicting": (
        "While dropout is off, `h` is multiplied by 1 - p. That belongs to the older form of "
        "dropout, which does not divide in training; here everything passes as it is."
    ),
}


def _draw(rng, i):
    batch, hidden = 1 + i % 3, 2 + i // 2 % 4
    shape = (batch, hidden)
    h = rng.normal(size=shape)
    h.flat[:: 4 + i % 2] = 0.0 if i % 2 else 1.5
    uniform, p = rng.random(shape), (0.25, 0.375, 0.8, 0.6, 0.0625, 0.1)[i % 6]
    if i == 10:  # a prediction; in training a division by p would take many forms at 0
        p = 0.0
    uniform.flat[0] = 0.95
    if i % 3 == 1:
        uniform.flat[1] = p  # without rounding in 1 + uniform - p
    return {
        "h": h,
        "du": rng.normal(size=shape),
        "p": p,
        "uniform": uniform,
        "training": i % 4 != 2,
    }


def _truth(h, du, p, uniform, training):
    """Entry by entry forwards; backwards the complex step's derivative of the sum of du u."""
    h = h.astype(complex)

    def passed_on():
        u = []
        for value, number in zip(h.flat, uniform.flat, strict=True):
            left_out = training and number < p
            u.append(0 if left_out else value / (1 - p) if training else value)
        return np.array(u).reshape(h.shape)

    return passed_on().real, complex_step(lambda: np.sum(du * passed_on()), h)


def _mask(p, uniform, slips):
    """The entries that stay."""
    equal = "equal number taken for below" in slips
    if "mask from the other end" in slips:
        return uniform < 1 - p
    if {"p and 1 - p exchanged", "p taken for the share that stays"} & slips:
        return uniform <= p if equal else uniform < p
    return uniform > p if equal else uniform >= p


def _factor(p, m, slips):
    """What multiplies the entries that stay."""
    if {"division missing", "older form"} & slips:
        return 1
    if {"divided by p", "p taken for the share that stays"} & slips:
        return np.divide(1, p)
    if "divided by the share that stayed" in slips:
        return np.divide(1, m.mean())
    return 1 - p if "multiplied for divided" in slips else 1 / (1 - p)


def _predicted(h, du, p, m, slips):
    """The results while dropout is off."""
    if "gradient zero when predicting" in slips:
        du = np.zeros_like(du)
    if "gradient masked when predicting" in slips:
        return h, np.where(m, du / (1 - p), 0)
    if "divided when predicting" in slips:
        return h / (1 - p), du / (1 - p)
    left = 1 - p if {"scaled when predicting", "older form"} & slips else 1
    return h * left, du if "older form" in slips else du * left


def _variant(h, du, p, uniform, training, slips=frozenset()):
    if "always off" in slips:
        training = False
    on = training != ("training turned round" in slips) or "dropout left on" in slips
    m = _mask(p, uniform, slips)
    if not on:
        return _predicted(h, du, p, m, slips)
    factor = _factor(p, m, slips)
    forwards = {"mask missing", "mask missing forwards"} & slips
    u = np.where(m | bool(forwards), h * (1 if "factor missing forwards" in slips else factor), 0)
    if "mask of the output" in slips:
        m = u != 0
    if {"mask missing", "mask missing in the gradient"} & slips:
        m = np.ones_like(m)
    power = (
        1 - ("factor missing in the gradient" in slips) + ("factor twice in the gradient" in slips)
    )
    dh = np.where(m, (h if "h for du" in slips else du) * factor**power, 0)
    if "path forgotten: dropout" in slips:
        dh = du
    if "gradient times h" in slips:
        dh = du * u
    return (dh, u) if "results in another order" in slips else (u, dh)


EXERCISE = Exercise(
    name="dropout",
    outputs=("u", "dh"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda h, p, training, **_: {"batch": len(h), "hidden": h.shape[1], "p": p},
)


def dropout(answer):
    """Check inverted dropout, forwards and backwards (eq-dropout, eq-dropout-gradient).

    Args:
        answer: function `(h, du, p, uniform, training) -> (u, dh)`. `h`, `du` and the drawn
            numbers `uniform` are `(batch, hidden)`; an entry is left out where its number is below
            `p`, and nothing is if `training` is false.

    Returns:
        A `Verdict`. The truth goes entry by entry; backwards it is the complex step's derivative
        of the sum of du · u.

    """
    return EXERCISE.check(answer)
