"""Chapter 6: a scaler that knows the training part only."""

from functools import partial

import numpy as np

from ...data import StandardScaler
from ..exercise import Exercise


def _shaped(text, found):
    """Add which shape differs."""
    given, right = np.shape(found.yours["train"]), np.shape(found.expected["train"])
    return text if given == right else f"{text} `train`: expected shape {right}, got {given}."


SLIPS = {
    "scaler fitted on everything": (
        "Mean and standard deviation are those of all rows. The test part stands for the future, "
        "of which nobody knew them on the day of the cut: measure on the first `n` rows alone."
    ),
    "scaler fitted on the test part": (
        "Mean and standard deviation are those of the test part. They are known when everything is "
        "over; measure on the first `n` rows."
    ),
    "each part by itself": (
        "The test part is scaled with a mean and a standard deviation of its own. That is a leak "
        "within the test part, since its first day would need its last, and it hides that prices "
        "have moved: both parts then look alike. Use the two numbers of the training part."
    ),
    "each part's own mean": (
        "From the test part its own mean is subtracted. Nobody knew it on the day of the cut: use "
        "that of the training part."
    ),
    "each part's own standard deviation": (
        "The test part is divided by its own standard deviation. Nobody knew it on the day of the "
        "cut: use that of the training part."
    ),
    "mean of the test part": (
        "The mean is that of the test part, which nobody knew on the day of the cut. Measure both "
        "numbers on the first `n` rows."
    ),
    "standard deviation of the test part": (
        "The standard deviation is that of the test part, which nobody knew on the day of the cut. "
        "Measure both numbers on the first `n` rows."
    ),
    "mean of everything": (
        "The mean is that of all rows, the test part among them. Measure both numbers on the first "
        "`n` rows."
    ),
    "standard deviation of everything": (
        "The standard deviation is that of all rows, the test part among them. Measure both "
        "numbers on the first `n` rows."
    ),
    "standard deviation of the wrong kind": (
        "The standard deviation is taken with n - 1 (as in pandas, or with `ddof=1`). Here its "
        "square is a sum over n."
    ),
    "variance for standard deviation": (
        "The deviations are divided by the variance. Divide by its root, so that the training part "
        "has the standard deviation 1."
    ),
    "mean not subtracted": (
        "The columns are divided by their standard deviation, but their mean is still there: a "
        "scaled training column has mean 0."
    ),
    "not divided": (
        "The mean is subtracted, and nothing is divided: the columns still have their units."
    ),
    "multiplied for divided": (
        "The deviations are multiplied by the standard deviation. Divide, so that the training "
        "part has the standard deviation 1."
    ),
    "divided before the mean is subtracted": (
        "The rows are divided first, and then the mean of the *undivided* ones is subtracted. "
        "Subtract first."
    ),
    "brackets missing": (
        "Only the mean is divided: `x - mu / s` is `x - (mu / s)`. Subtract first, in brackets, "
        "and then divide."
    ),
    "parts exchanged": partial(_shaped, "The test part comes first. The training part should."),
    "scaled over the wrong axis": (
        "Each *row* has been given mean 0, so the numbers of one day are compared with one "
        "another. Rows are days; the mean over days goes along axis 0."
    ),
    "scaled over the wrong axis, zeros guarded": (
        "Each *row* has been given mean 0, so the numbers of one day are compared with one "
        "another. Rows are days; the mean over days goes along axis 0. (A guard against a division "
        "by zero hides this in tables of one column.)"
    ),
    "first column's scale for all": (
        "All columns are scaled by the mean and the standard deviation of the first. Each has its "
        "own two numbers."
    ),
    "one scale for all columns": (
        "All columns share one mean and one standard deviation. Columns may have different units: "
        "each has its own two numbers. (`mean()` without an axis is a mean over everything.)"
    ),
    "one standard deviation for all columns": (
        "Each column has its own mean, but all share one standard deviation. Columns may have "
        "different units: take both along axis 0."
    ),
    "one mean for all columns": (
        "Each column has its own standard deviation, but all share one mean. Take both along "
        "axis 0."
    ),
    "test part left as it was": (
        "The test part comes back as it was. The network was trained on scaled numbers and needs "
        "the same scale, that of the training part, for all others. (If your code does scale it: "
        "measured on rows that have been scaled already, the mean is 0 and the standard deviation "
        "1, and that changes nothing. Measure before you overwrite anything.)"
    ),
    "minimum and maximum": (
        "The columns are brought between 0 and 1, by their smallest and their largest number. "
        "That is another scaler; this one takes mean and standard deviation."
    ),
    "one day too many": (
        "Mean and standard deviation are measured on the first n + 1 rows: the first test day is "
        "among them. Rows 0 to n - 1 are `x[:n]`."
    ),
    "one day too few": (
        "Mean and standard deviation are measured on n - 1 rows: the last training day is missing. "
        "Rows 0 to n - 1 are `x[:n]`."
    ),
}


def _draw(rng, i):
    n, after, columns = 3 + i // 2 % 4, 2 + i // 4 % 3, (1, 2, 3, 2)[i // 2 % 4]
    changes = rng.normal(size=(n + after, columns)) * rng.uniform(0.5, 3, columns)
    x = 20 * rng.uniform(0.2, 2, columns) + np.cumsum(changes, axis=0)
    return {"x": x.round(1) if i < 6 else x, "n": n}


def _truth(x, n):
    """The package's scaler, column by column."""
    scaled = [StandardScaler().fit(column[:n]).transform(column) for column in x.T]
    return np.transpose(scaled)[:n], np.transpose(scaled)[n:]


def _variant(x, n, slips=frozenset()):
    rows = x if "scaler fitted on everything" in slips else x[:n]
    rows = x[n:] if "scaler fitted on the test part" in slips else rows
    rows = x[: n + 1] if "one day too many" in slips else rows
    rows = x[: n - 1] if "one day too few" in slips else rows
    scaled = _scaled(x, rows, slips, x[n:])
    test = scaled[n:]
    if "each part by itself" in slips:
        test = _scaled(x[n:], x[n:], slips, x[n:])
    if "test part left as it was" in slips:
        test = x[n:]
    if "each part's own standard deviation" in slips:
        test = (x[n:] - x[:n].mean(axis=0)) / x[n:].std(axis=0)
    if "each part's own mean" in slips:
        test = test - test.mean(axis=0)
    if "parts exchanged" in slips:
        return test, scaled[:n]
    return scaled[:n], test


def _scaled(x, rows, slips, later):
    """Scale x by what is measured on some rows; the later ones are the test part."""
    ddof = int("standard deviation of the wrong kind" in slips)
    if "scaled over the wrong axis" in slips:
        return (x - x.mean(1, keepdims=True)) / x.std(1, ddof=ddof, keepdims=True)
    if "scaled over the wrong axis, zeros guarded" in slips:
        std = x.std(1, ddof=ddof, keepdims=True)
        return (x - x.mean(1, keepdims=True)) / np.where(std > 0, std, 1)
    if "minimum and maximum" in slips:
        return (x - rows.min(axis=0)) / (rows.max(axis=0) - rows.min(axis=0))
    axis = None if "one scale for all columns" in slips else 0
    mean, std = rows.mean(axis=axis), rows.std(axis=axis, ddof=ddof)
    mean = rows.mean() if "one mean for all columns" in slips else mean
    std = rows.std() if "one standard deviation for all columns" in slips else std
    if "first column's scale for all" in slips:
        mean, std = rows[:, 0].mean(), rows[:, 0].std(ddof=ddof)
    mean = x.mean(axis=0) if "mean of everything" in slips else mean
    std = x.std(axis=0) if "standard deviation of everything" in slips else std
    mean = later.mean(axis=0) if "mean of the test part" in slips else mean
    std = later.std(axis=0) if "standard deviation of the test part" in slips else std
    if "brackets missing" in slips:
        return x - mean / std
    if "multiplied for divided" in slips:
        return (x - mean) * std
    if "divided before the mean is subtracted" in slips:
        return x / std - mean
    mean = 0 if "mean not subtracted" in slips else mean
    std = std**2 if "variance for standard deviation" in slips else std
    return (x - mean) / (1 if "not divided" in slips else std)


EXERCISE = Exercise(
    name="leak_free_scaler",
    outputs=("train", "test"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, n: {"days": len(x), "columns": x.shape[1], "training days": n},
)


def leak_free_scaler(answer):
    """Check a scaler that is fitted on the training part and applied to both.

    Args:
        answer: function `(x, n) -> (train, test)`. `x (days, columns)`; each column is scaled by
            mean and standard deviation of its first `n` rows; the results have the shapes
            `(n, columns)` and `(days - n, columns)`.

    Returns:
        A `Verdict`. The truth is the package's `StandardScaler`, fitted column by column.

    """
    return EXERCISE.check(answer)
