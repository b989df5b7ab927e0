"""Chapter 2: what is said of the mistakes in `gradient_norms`."""

SLIPS = {
    "derivative at the pre-activation": (
        "The slope of tanh is taken at the wrong place. `1 - h**2` is right for the output "
        "h = tanh(a); your numbers are those of `1 - a**2`."
    ),
    "derivative missing": (
        "The slope of tanh is missing: these are the norms of a linear network's way back. "
        "Multiply by `1 - h**2` before anything else."
    ),
    "derivative of the wrong function": (
        "h (1 - h) is the slope of the sigmoid. For tanh it is 1 - h², from its output h."
    ),
    "tanh of a tanh": "The tanh is applied to h_t, which is already a tanh.",
    "slope of the last step": (
        "Every step back uses the slope of the last step, T. Each step has states of its own: the "
        "walk needs 1 - h_t² with the t at which it stands."
    ),
    "slope of the step before": (
        "The slope is taken from h_{t-1}. Between h_{t-1} and h_t lies the tanh of step t: its "
        "slope is found from its output, h_t."
    ),
    "derivative counted twice": "The slope of tanh comes in twice at each step back.",
    "missing transpose": (
        "The step back multiplies by `W_hh` where `W_hh.T` belongs. In a calm network the norms "
        "look alike, and the directions have nothing to do with each other."
    ),
    "matrix before the slope": (
        "The step back multiplies by the matrix first and then by the slope of the earlier "
        "state. From h_t to h_{t-1} the way leads through the tanh of step t, then the matrix."
    ),
    "slope lost on the way back": (
        "What goes to the step before is the state's gradient times `W_hh.T`: the slope of this "
        "step is lost on the way. The pre-activation's gradient goes back, and it contains the "
        "slope."
    ),
    "path forgotten: the earlier losses": (
        "Only the loss at the last step is there. Every row of `dh` sends something to its state, "
        "and it is added to what comes back from later steps."
    ),
    "path forgotten: the later steps": (
        "What later steps send back never reaches the earlier ones: each state has only the "
        "gradient of its own loss. That is no backpropagation through time, and a published recipe "
        "for a GRU does the same."
    ),
    "path forgotten: the loss at the step itself": (
        "The norms are taken before `dh[t - 1]` is added: they are those of what comes back from "
        "later steps. The gradient of h_t is the sum of both."
    ),
    "path forgotten: the loss at the step itself, but for the last": (
        "`norms[T]` is right. All others are taken before `dh[t - 1]` is added: they are the norms "
        "of what comes back from later steps. The gradient of h_t is the sum of both."
    ),
    "path forgotten: the later steps, in the norms": (
        "`norms[t]` is the norm of row t - 1 of `dh` alone, what the loss sends directly. Your "
        "walk has the whole gradient of h_t, since `parts` and `total` are right: take its norm."
    ),
    "last loss at h_0": (
        "`norms[0]` has the last row of `dh` in it. At t = 1 the row of the step before is "
        "`dh[-1]`, which counts from the end. No loss reads h_0 directly."
    ),
    "norms added": (
        "`norms` adds the norm of the direct part and the norm of what comes back. Add the rows "
        "first, then take the norm: they can cancel."
    ),
    "pre-activation for state": (
        "`norms` has the norms of the gradients by the pre-activations a_t, after the slope. Asked "
        "for are those by the states h_t, before it."
    ),
    "one step too few": (
        "`norms[0]` is 0: the walk ends at h_1. One more step back leads to h_0, which has no loss "
        "of its own."
    ),
    "order of the walk": (
        "The numbers stand in the order of the walk, from the last step to the first. They should "
        "stand by t, the earliest first."
    ),
    "this state for the one before": (
        "What step t adds to the gradient of `W_hh` uses h_t. In the forward pass the matrix is "
        "multiplied by the state before, h_{t-1}."
    ),
    "gradient of the bias": (
        "`parts` and `total` are those of the bias, from ∂L/∂a_t alone. For the matrix the state "
        "before comes in, in an outer product."
    ),
    "gradient of the input weights": (
        "`parts` and `total` are those of `W_xh`: the outer product is with the input x_t. For "
        "`W_hh` it is with the state before, h_{t-1}."
    ),
    "product with the weights": (
        "The parts are products with the weights, `h_prev W_hh`, where the gradient by the "
        "pre-activation belongs. They never see the loss; a published recipe does the same."
    ),
    "sum of norms": (
        "`total` is the sum of `parts`. That is an upper bound; the gradient is the sum of the "
        "matrices, which can cancel, and its norm is taken once."
    ),
    "squares of the parts added": (
        "`total` is the root of the sum of the squared `parts`, as if the steps' matrices stood at "
        "right angles to each other. Add the matrices, then take the norm."
    ),
    "spectral norm for the norm of all entries": (
        "`np.linalg.norm(W, 2)` of a matrix is its largest singular value. The norm is the root of "
        "the sum of all squares here: leave the 2 out."
    ),
    "running sum": (
        "`parts` are the norms of what has been added up so far on the walk. Asked for is what "
        "each step adds by itself."
    ),
    "largest entry for the norm": "Your norms are the largest absolute values.",
    "mean for sum": "Your norms are roots of mean squares; the sum of the squares belongs there.",
    "root forgotten": "Your norms are sums of squares: their root is missing.",
    "sum of absolute values": "Your norms add up absolute values in place of squares.",
    "averaged over all steps": (
        "`total` is divided by the number of steps. The gradient of a shared matrix is a sum."
    ),
    "= for +=": "`W_hh`'s gradient is overwritten at each step: step 1's part is left.",
    "last step only": "`total` has only the last step's part in it. Every step uses `W_hh`.",
    "clipped on the way back": (
        "The gradient is clipped to between -10 and 10 at each step of the walk, as a published "
        "recipe does. Then it is no longer the gradient; clip the sum, after the walk, if at all."
    ),
    "path forgotten: the initial state": (
        "The forward pass begins with zeros in place of `h_0`, so all states are other ones."
    ),
    "forward pass with the transpose": (
        "The forward pass multiplies by the transpose of `W_hh`, so all states are other ones. "
        "States are rows: `h_prev @ W_hh`."
    ),
    "bias forgotten": "The forward pass leaves out `b_h`, so all states are other ones.",
}
