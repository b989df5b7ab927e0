"""Chapter 1: the mistakes of recipe A, and others in the same gradients, each explained."""

import numpy as np


def _product(found):
    yours, right = (np.linalg.norm(which["dW"]) for which in (found.yours, found.expected))
    return (
        "`dU` and `dW` are products with the weights, `x_t U` and `h_prev W`, where the gradient "
        "with respect to the pre-activation belongs. No error is in them, so no target. The norm "
        f"of `dW` is {yours:.3g} here; that of the gradient is {right:.3g}."
    )


def _same_row(found):
    return _product(found) + " Each row of `dW` is the same, besides."


def _averaged(found):
    return _product(found) + " A mean over the windows does not mend that."


def _truncated(found):
    return (
        f"The walk back stops after five steps; this window has {found.sizes['time']}. Truncation "
        "saves time in training, but what is asked for is the whole gradient, back to the first "
        "step."
    )


def _unshared(found):
    return (
        f"`dU`: expected shape {found.expected['dU'].shape}, got {found.yours['dU'].shape}. It has "
        "a row for each step, as recipe A's has. Here all steps share one row, and its gradient "
        "is the sum over its uses."
    )


def _itself(found):
    return (
        _product(found) + " All else is recipe A's, too: sums that are not reset, an inner index "
        "that is not used, a readout at every step, clipping on the way. Derive the gradients "
        "anew, from the loss backwards."
    )


SLIPS = {
    "product with the weights": _product,
    "product with the weights, the same in every row": _same_row,
    "product with the weights, averaged": _averaged,
    "product with the weights, averaged, the same in every row": _same_row,
    "recipe A as it is": _itself,
    "derivative at the pre-activation": (
        "The sigmoid's slope is taken at the wrong place: your numbers are those of a (1 - a), "
        "with the pre-activation. In terms of the output it is h (1 - h)."
    ),
    "derivative missing": (
        "The sigmoid's slope is missing: the gradient passes each step as if the unit were linear."
    ),
    "derivative of the wrong function": (
        "The slope is that of the tanh, 1 - h². The units here are sigmoids."
    ),
    "sigmoid of a sigmoid": (
        "The slope is computed from the sigmoid of the state, and the state is a sigmoid already."
    ),
    "derivative at the last step only": (
        "The slope comes in once, at the last step; from there the gradient goes back through "
        "`W.T` alone. Every step has a sigmoid, so at each one its slope is a factor."
    ),
    "derivative of the last step": (
        "The slope of the last step is used at every step. Each step has its own, from its own "
        "state."
    ),
    "slope of the step before": (
        "The slope is taken from h_{t-1}. Between h_{t-1} and h_t lies the sigmoid of step t: its "
        "slope is found from its output, h_t."
    ),
    "tanh for sigmoid": "The network is another one: its units are tanh, not sigmoids.",
    "last step only": (
        "`dU` and `dW` contain the last step only. The weights are used at every step, so their "
        "gradients are sums over all of them."
    ),
    "truncated, five steps crossed": _truncated,
    "truncated, five steps visited": _truncated,
    "= for +=": (
        "The gradients are overwritten at each step instead of added up: what is left is the "
        "step visited last, the earliest. `dW` is 0 there, since h_0 is."
    ),
    "accumulators not reset": (
        "The terms are counted more than once, that of step t (from 1) t times. A sum that is "
        "itself added up at every step and not reset does this, and so does an inner loop over "
        "the steps up to t whose index is not used. Each term belongs in the sum once."
    ),
    "accumulators not reset, walking forwards": (
        "The terms are counted more than once, the first step's T times and the last one's once: "
        "a running sum is added to the total at every step, and is not reset in between."
    ),
    "accumulators not reset between windows": (
        "The windows are not counted alike, the first one's terms most often: what one window has "
        "gathered is still there when the next begins, and is added again."
    ),
    "state carried between windows": (
        "A window begins with the state in which the one before has ended. Each reads from "
        "h_0 = 0: the windows of a batch know nothing of each other."
    ),
    "inner index never used": (
        "The walk goes back, but every pass takes input, state and slope from the last step: the "
        "index of the loop is not used."
    ),
    "inner index never used, only counted": (
        "The term of step t (from 1) is counted t - 1 times, as in an inner loop over the earlier "
        "steps that adds the same at each pass, because its index is not used."
    ),
    "clip inside the loop": (
        "The sums are clipped on the way, after each step. A sum that leaves the limits and comes "
        "back is then wrong, and the order of the steps begins to matter. Clip the finished "
        "gradients, once."
    ),
    "clip inside the loop, walking forwards": (
        "The sums are clipped on the way, after each step from the first to the last, as recipe A "
        "does. A sum that leaves the limits and comes back is then wrong. Clip the finished "
        "gradients, once."
    ),
    "clip each step by itself": (
        "Each step's term is clipped before it is added. The limit is meant for the finished sums."
    ),
    "clip on the way back": (
        "The gradient of the pre-activation is clipped in the walk, so what reaches the earlier "
        "steps is wrong. Clip the finished gradients only."
    ),
    "clip on the way back, by the state": (
        "The gradient of the state is clipped in the walk, so what reaches the earlier steps is "
        "wrong. Clip the finished gradients only."
    ),
    "clip by the norm": (
        "The gradients are scaled by their joint norm. That is the chapter's way of training, and "
        "it keeps the direction; asked for is recipe A's, which limits each number by itself."
    ),
    "clip each array by itself": (
        "Each gradient is scaled by its own norm. Asked for is a limit for each number by itself."
    ),
    "clip from above only": (
        "Numbers below `-clip` are left as they are. The limit holds on both sides."
    ),
    "clip before the mean": (
        "The sum over the windows is clipped, and divided by their number afterwards. Finished "
        "are the gradients of the mean: divide first."
    ),
    "clip each window by itself": (
        "The gradient of each window is clipped, and the mean is taken afterwards. Finished are "
        "the gradients of the mean: clip these, once."
    ),
    "argument not used": ("`clip` makes no difference: numbers beyond it come out as they are."),
    "sum for mean": (
        "This is the gradient of the sum over the windows; the loss is their mean. (Recipe A "
        "adds up its loss, too.)"
    ),
    "sum for mean in dV": (
        "`dV` is the gradient of the sum over the windows; `dU` and `dW` are right. The loss is a "
        "mean, so each of the three is one. Divide the error by B at once, and all have it."
    ),
    "sum for mean in dU and dW": (
        "`dU` and `dW` are gradients of the sum over the windows; `dV` is right. The loss is a "
        "mean, so each of the three is one. Divide the error by B at once, and all have it."
    ),
    "divided by the batch twice": (
        "The result is divided by the number of windows twice: one mean is all there is."
    ),
    "averaged over all steps": (
        "`dU` and `dW` are means over the steps. Each use of a weight adds to the loss's change, "
        "so over the steps it is a sum; the mean is over the windows."
    ),
    "target not used": (
        "The target makes no difference: the error is the prediction alone. Shift all targets by "
        "100, and these gradients do not move."
    ),
    "error missing on the way back": (
        "`dV` contains the error, `dU` and `dW` do not: the walk back begins with `V` alone. So "
        "no target reaches them. It begins with the gradient of the prediction, times `V`."
    ),
    "half forgotten": (
        "The unclipped numbers are twice the right ones: the loss is half the squared error, "
        "and its derivative is the error itself."
    ),
    "sign": "The sign is wrong: the error is the prediction minus the target.",
    "forward pass with the transpose": (
        "The forward pass multiplies by the transpose of `W`, so all states are other ones. States "
        "are rows: `h_prev @ W`."
    ),
    "missing transpose": (
        "The step back multiplies by `W` where `W.T` belongs. It is square, so nothing complains."
    ),
    "this state for the one before": (
        "`dW` pairs each step with its own state. In the forward pass `W` multiplies the state "
        "before, h_{t-1}."
    ),
    "path forgotten: V": (
        "The error enters the last state without the readout: it comes through `V`, one number "
        "for each unit."
    ),
    "readout at every step": (
        "`dV` adds up the states of all steps. The readout is used once, after the last one."
    ),
    "error added at every step": (
        "The error enters at every step of the walk. Only the last state is read out; the others "
        "receive their gradient through `W`."
    ),
    "dh not carried back": (
        "Every step begins with the last state's gradient. The states before receive theirs "
        "through `W`, step by step."
    ),
    "slope lost on the way back": (
        "What goes to the step before is the state's gradient times `W.T`; the slope of this step "
        "is lost on the way. The pre-activation's gradient is what goes back."
    ),
    "not shared through time": _unshared,
}
