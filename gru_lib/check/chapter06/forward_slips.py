"""Chapter 6: what usually goes wrong on the way forward through a series."""

import numpy as np


def _last_block(found):
    yours, expected = (np.size(f["forecast"]) for f in (found.yours, found.expected))
    return (
        "The last block is missing where it is shorter than the others. In the first such case "
        f"there should be {expected} forecasts, and there are {yours}."
    )


SLIPS = {
    "trained once": (
        "The model is trained once, on the first `n` prices, and used for all blocks. Walking "
        "forward means to train anew before each block."
    ),
    "trained on the block as well": (
        "Each block's model has been trained on the block itself: it has seen what it is to "
        "predict. Training ends on the day before the block."
    ),
    "trained on everything": (
        "The model is trained on all prices, the test part included. That is the leak that this "
        "evaluation is there to prevent."
    ),
    "trained on the block before only": (
        "Each model is trained on the `block` prices just before its block. It should be trained "
        "on all prices before it, from day 0 on."
    ),
    "trained on the block before only, but for the first": (
        "From the second block on, each model is trained on the `block` prices just before its "
        "block. It should be trained on all prices before it, from day 0 on."
    ),
    "the last model for all": (
        "All blocks are predicted by the model of the last one, which has been trained on the "
        "blocks before. Each block's own model should predict it."
    ),
    "a training part that slides": (
        "Each model is trained on the last `n` prices before its block. The training part should "
        "grow: all prices from day 0 on."
    ),
    "trained every day": (
        "The model is trained anew for every day. It is trained once per block, on the prices "
        "before the block's first day."
    ),
    "one day too many in training": (
        "The block's first day is among the prices that its model is trained on. The slice should "
        "end just before that day."
    ),
    "one day too few in training": (
        "The last day before the block is missing in the training. `p[:start]` ends on day "
        "start - 1."
    ),
    "today for tomorrow": (
        "The price that is to be predicted is the last one that `predict` gets. On the evening "
        "before day t only `p[:t]` is known."
    ),
    "one day too few": (
        "`predict` does not get the price of the day before, so it predicts for yesterday. "
        "`p[:t]` ends on day t - 1."
    ),
    "not moved on within the block": (
        "All days of a block get the same forecast, that for its first day. Each day is predicted "
        "from all true prices before *it*."
    ),
    "prediction fed back": (
        "Within a block the model goes on from its own predictions. Every day is predicted one day "
        "ahead, from true prices."
    ),
    "only the last n prices shown": (
        "`predict` gets the last `n` prices. It gets all that are known, from day 0 on, and makes "
        "of them what it likes."
    ),
    "only the training part shown": (
        "`predict` gets the first `n` prices on every day. It gets all that are known by then."
    ),
    "one block late": (
        "Each block's model lacks the block just before it. All prices before the block's first "
        "day are known."
    ),
    "last block left out": _last_block,
    "ratio the wrong way round": (
        "The ratios are upside down: persistence's error over that of the model. A ratio below 1 "
        "should mean that the model is better."
    ),
    "1 - ratio": "This is 1 minus the ratio, the skill. The ratio itself is asked for.",
    "not divided by persistence": (
        "These are the mean squared errors themselves, in squared dollars. Divide them by those of "
        "persistence."
    ),
    "divided by the training variance": (
        "These are mean squared errors in units of the training part's variance. Divide them by "
        "those of persistence, on the same days."
    ),
    "persistence of all test days": (
        "Each block's error is divided by that of persistence on the *whole* test part. A ratio "
        "compares the two on the same days, those of the block."
    ),
    "mean of daily ratios": (
        "The ratios are means of daily ratios, which days on which the price hardly moved decide. "
        "Divide one mean by the other."
    ),
    "root taken": "The ratios are those of *root* mean squared errors: leave the root out.",
    "absolute error for squared": "The errors are not squared: these are ratios of mean sizes.",
    "the last training price held": (
        "Persistence is held at the last price before the block. It repeats the price of the day "
        "before, `p[t - 1]`, on every day."
    ),
    "mean of the ratios": (
        "`overall` is the mean of the blocks' ratios, in which a quiet block weighs as much as a "
        "wild one, and a short one as much as a long one. Divide one mean over all test days by "
        "the other."
    ),
    "mean of the ratios by days": (
        "`overall` is the mean of the blocks' ratios, each with the number of its days as its "
        "weight. But a quiet block then weighs as much as a wild one of the same length. Divide "
        "one mean over all test days by the other."
    ),
    "ratio of the blocks' means": (
        "`overall` divides a mean over *blocks* by another, so a day of a shorter last block "
        "counts for more than any other day. Take both means over all test days."
    ),
}
PART_OF_THE_PAST = (
    "`predict` does not get the prices from day 0 on: `past` should be `p[:t]`, and the model "
    "takes from it what it needs."
)
NUMBER_OF_BLOCKS = (
    "There are {block} blocks here: `block` is taken for their number. It is the number of *days* "
    "in a block, so there should be {blocks}."
)
