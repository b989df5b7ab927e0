"""Chapter 4: what goes wrong in the backward pass through time of a GRU, and how to say it."""

from .backward import PATHS, TRANSPOSES, texts

SLIPS = {
    **texts("tanh of a tanh", "stray + 1", "stray + 1 at the candidate", "sigmoid of a sigmoid"),
    "stray + 1 outside the bracket": (
        "A stray 1 is added to the update gate's gradient before the slope; it does not even "
        "depend on the loss. This is one reading of the second error of recipe B."
    ),
    "sigmoid of a sigmoid: update gate": (
        "The slope of the update gate is taken at `sigmoid(z)`. `z` has been through the sigmoid "
        "already. This belongs to the second error of recipe B."
    ),
    "sigmoid of 1 - z": (
        "The slope of the update gate is taken at `sigmoid(1 - z)`, a second sigmoid. z (1 - z) is "
        "the slope for z and for 1 - z alike. This belongs to the second error of recipe B."
    ),
    "sigmoid of a sigmoid: reset gate": (
        "The slope of the reset gate is taken at `sigmoid(r)`. `r` has been through the sigmoid "
        "already. This belongs to the third error of recipe B."
    ),
    **texts("r where h_prev belongs"),
    "overwritten dh": (
        "The candidate's three arrays are computed from `dh` after it was overwritten with the "
        "share for the step before. Each array belongs to its own pre-activation: for these three "
        "it is the candidate's. This is the fourth error of recipe B."
    ),
    "overwritten dh before the slope": (
        "The candidate's three arrays are computed from `dh` after `1 - z` was multiplied into it: "
        "the slope of the tanh is missing in them. One name stands for two gradients, which is how "
        "the fourth error of recipe B comes about."
    ),
    "dh for da_h": (
        "The candidate's three arrays are computed from `dh`. They belong to the candidate's "
        "pre-activation, so its gradient multiplies."
    ),
    "dh overwritten too early": (
        "`1 - z` was multiplied into `dh` for the candidate, and then the update gate and the way "
        "along the state were computed from this `dh`. They need the one that came in."
    ),
    "recipe B": (
        "This is recipe B's way back, with all five errors in its gradients: the second tanh, the "
        "stray 1 with a second sigmoid, r for the old state, the overwritten `dh`, and no gradient "
        "for the step before. Mend one at a time, beginning with exercises 3 to 6."
    ),
    "last step only": (
        "Only the last step's contribution is there. The weights are used at every step, so their "
        "gradient is a sum over the steps. Either the sums keep one step only, or the share never "
        "becomes the `dh` of the step before, so that the other steps add zeros."
    ),
    "dh not carried back": (
        "No gradient reaches the steps before the last: the share is computed and never becomes "
        "the `dh` of the step before. Over one step all would be right, so a check over one step "
        "finds nothing. This is the fifth error of recipe B."
    ),
    "same dh at every step": (
        "Every step starts from the same `dh`, that of the last state. A step's `dh` is the share "
        "that came back from the step after it."
    ),
    "dh replaced too early": (
        "The update gate is computed from the `dh` of the step before, or what there is of it so "
        "far. All three pre-activations need the `dh` that came in: replace it in the last line."
    ),
    "dh replaced before the sums": (
        "All nine sums are computed from the `dh` of the step before. The three pre-activations "
        "need the `dh` that came in: replace it in the last line."
    ),
    "last dh added at every step": (
        "What the loss sends to the last state is added to `dh` at every step. Only the last state "
        "is read out: the earlier ones hear of the loss through the steps alone."
    ),
    "walks forwards": (
        "The walk back goes from the first step to the last. The gradient of a state comes from "
        "the step after it, so the walk begins at the end."
    ),
    "+= for = in dh": (
        "What comes back is *added* to the old `dh`. That one has been used up, in the gradients "
        "of this step; the new one replaces it. As it is, every step's gradient reaches the step "
        "before once more in full."
    ),
    "dh_0 left at zero": "`dh_0` is zero: what leaves the first step is not kept.",
    "gradient of h_1 for dh_0": (
        "`dh_0` is the gradient of the state *after* the first step; all others are right. The "
        "first step has a state before it too, the given `h_0`, and sends its share there."
    ),
    "initial state not used": (
        "The walk forwards starts from zeros. It starts from `h_0`, which is one of the arguments."
    ),
    "one array for all states": (
        "All states that were kept are the last one: one array is in the list again and again, "
        "and every step writes into it (into the caller's `h_0`, if that was the first). Let each "
        "step make a new array, or keep copies."
    ),
    "reshaped for transposed": (
        "The steps are mixed up with the sequences: these are the numbers for `x.reshape(T, B, D)`."
        " A reshape leaves the numbers in their order and cuts them anew; to bring the time to the "
        "front the axes have to be exchanged. With one sequence, or one step, both are the same."
    ),
    "target not used": (
        "The gradients do not depend on `y`: shift every target by 100 and they stay as they are. "
        "What goes back is the derivative of the *loss*, in which the prediction's distance from "
        "the target stands. This is the sixth error of recipe B."
    ),
    "loss never differentiated": (
        "The gradients are zero: the loss is computed and never differentiated, so nothing goes "
        "back. Begin with its derivative with respect to the prediction. This is the sixth error "
        "of recipe B."
    ),
    "bias forgotten: readout": (
        "`b_y` is not added to the prediction, so it is missing in the loss and in all that goes "
        "back from it."
    ),
    "averaged over all steps": (
        "The loss averages over all steps, with zero for the target at all but the last. That "
        "rewards a network for answering zero. Only the last state is read out. This is the "
        "seventh error of recipe B."
    ),
    "target at every step": (
        "The loss reads every state out and compares each with `y`. Only the last state is read "
        "out; the earlier ones get their gradients through the steps alone."
    ),
    "factor 2 missing": (
        "All gradients are half of the right ones: the derivative of a square has a factor 2."
    ),
    "sum for mean": (
        "The loss is the sum of the squares, not their mean over all numbers of the prediction, "
        "and so all gradients are too large by that number."
    ),
    "sum for mean in the gradients": (
        "The loss is a mean, and the gradients are those of the sum of the squares: the division "
        "by their number, batch times outputs, is missing in the derivative."
    ),
    "mean over the batch only": (
        "The loss and the gradients are divided by the number of sequences alone. The mean is over "
        "all numbers of the prediction, batch times outputs."
    ),
    "divided by the batch only": (
        "The loss is right, but its derivative is divided by the number of sequences alone. The "
        "mean is over all numbers of the prediction, batch times outputs."
    ),
    "= for +=": (
        "The gradients are overwritten at each step instead of added up: what is left is the step "
        "visited last, the first of the sequence. Use `+=`."
    ),
    "one step too few": "The walk back stops one step too early: the first step is never visited.",
    **{
        f"path forgotten: {path}": (
            f"One of the four ways back to the previous state is missing, the one through the "
            f"{path}. Over one step this spoils `dh_0` alone, over several nearly everything."
        )
        for path in PATHS
    },
    **texts("plain state for the gated one"),
    "readout of the state before": (
        "`dW_y` is made with h_{T-1}. What `W_y` multiplied was the last state, h_T."
    ),
    "this state for the one before": (
        "The gradients of the recurrent matrices use h_t where h_{t-1} belongs: the products in "
        "the forward pass were made with the state before."
    ),
    "derivative missing": "The slopes of the two gates' sigmoids are missing.",
    "derivative missing: candidate": "The slope of the candidate's tanh is missing.",
    "missing transpose": TRANSPOSES,
    **texts("1 - z forgotten", "reset after for before", "z and 1 - z exchanged"),
}
