"""Chapter 1: what is said of the mistakes in `truncated_bptt`."""

SLIPS = {
    "derivative at the pre-activation": (
        "The derivative of tanh is taken at the wrong place. `1 - h**2` is right for the output "
        "h = tanh(a); your numbers are those of `1 - a**2`, the same formula with the "
        "pre-activation put in."
    ),
    "derivative missing": (
        "The derivative of tanh is missing: the gradient passes each step as if the cell were "
        "linear. Multiply by `1 - h**2` before anything else."
    ),
    "derivative of the wrong function": (
        "The slope is that of the sigmoid, h (1 - h). The units here are tanh: `1 - h**2`."
    ),
    "derivative at the last step only": (
        "The slope comes in once, at the last step; from there the gradient goes back through "
        "`W_hh.T` alone. Every step has a tanh, so at each one its slope is a factor."
    ),
    "derivative of the last step": (
        "The slope of the last step is used at every step. Each step has its own: it depends on "
        "that step's state."
    ),
    "slope of the step before": (
        "The slope is taken from h_{t-1}. Between h_{t-1} and h_t lies the tanh of step t: its "
        "slope is found from its output, h_t."
    ),
    "tanh of a tanh": (
        "The slope is `1 - tanh(h)**2`, and `h` is a tanh already. In terms of the output it is "
        "`1 - h**2`."
    ),
    "missing transpose": (
        "The step back multiplies by `W_hh` where `W_hh.T` belongs: forwards unit i sends "
        "`W_hh[i, j]` to unit j, so backwards unit i hears from j by the same number."
    ),
    "last step only": (
        "Only the last step's contribution is there. The weights are used at every step, so their "
        "gradient is a sum over the steps that the walk visits."
    ),
    "= for +=": (
        "The gradient is overwritten at each step instead of added up: what is left is the last "
        "step visited, the earliest one. Use `+=`."
    ),
    "one step too few": (
        "The walk crosses k - 1 recurrent steps. With k = 0 the last step still counts; with "
        "k = 1 there are two of them."
    ),
    "one step too few, at least one": (
        "The walk visits k steps, or one where k = 0. Crossing k recurrent steps means visiting "
        "k + 1 of them: with k = 1 there are two."
    ),
    "one step too few, for W_hh": (
        "`dW_hh` lacks the term of the earliest step visited. The walk crosses no step after that, "
        "but this step's own `W_hh` has multiplied h_{t-1}, which is not zero: all three gradients "
        "are sums over the same steps."
    ),
    "one step too many": "The walk crosses k + 1 recurrent steps: it visits one step too many.",
    "truncation ignored": "`k` makes no difference: this is the full gradient.",
    "truncation of W_hh only": (
        "`k` shortens the walk for `dW_hh` only; `dW_xh` and `db_h` are those of the full "
        "gradient. What is cut is the way back, and it is the same way for all three."
    ),
    "cut at fixed chunks": (
        "The sequence is cut into chunks of k + 1 steps, counted from its start, and the walk ends "
        "where the last chunk begins. So it may cross fewer than k steps. That is the chapter's "
        "second meaning of truncation; this is the first, counted from the end."
    ),
    "walk past the beginning": (
        "Where k is T or more the walk does not end at the first step: it goes on to step 0 and "
        "below. A negative index counts from the end of an array, and raises only when it "
        "leaves that, too."
    ),
    "k taken for a place": (
        "`k` is taken for the place where the walk ends: it visits T - k steps. It is a count of "
        "recurrent steps crossed from the end, so with k = 0 only the last step is visited."
    ),
    "first steps for the last": (
        "The walk begins at step k + 1 and goes back to step 1, as if the steps were counted off "
        "from the start. `dh` is the gradient of the last state, h_T: begin at step T, and visit "
        "the last k + 1 steps."
    ),
    "forward pass cut off": (
        "The forward pass begins with a state of zeros where the gradient is cut. Truncation "
        "stops the gradient only; the state comes from all steps before."
    ),
    "walk in the wrong direction": (
        "The walk begins at the earliest of its steps and goes forwards. `dh` is the gradient "
        "of the last state, so it begins there and goes back."
    ),
    "this state for the one before": (
        "The gradient of `W_hh` uses the state h_t where the one before, h_{t-1}, belongs: the "
        "product in the forward pass is `h_prev @ W_hh`."
    ),
    "last state for h_0": (
        "At the first step your h_prev is the last state, where h_0 = 0 belongs. A list of states "
        "that begins with h_1 holds no h_0, and an index of -1 counts from its end. Put h_0 first, "
        "so that there are T + 1 of them."
    ),
    "number by number for the outer product": (
        "`dW_hh` takes h_{t-1} times the gradient number by number, so all its rows are alike. "
        "`W_hh[i, j]` leads from unit i to unit j, and needs h_{t-1}[i] times da[j]: each with "
        "each, `np.outer`."
    ),
    "number by number for both outer products": (
        "`dW_xh` and `dW_hh` take row and gradient number by number, which fits only by chance. "
        "`W_hh[i, j]` leads from unit i to unit j, and needs h_{t-1}[i] times da[j]: each with "
        "each, `np.outer`."
    ),
    "slope lost on the way back": (
        "What goes to the step before is `dh` times `W_hh.T`: the slope of this step is lost on "
        "the way. The pre-activation's gradient goes back, and it contains the slope."
    ),
    "dh not carried back": (
        "Every step begins with the same `dh`. That is the gradient of the last state; the states "
        "before receive theirs through `W_hh`, step by step."
    ),
    "loss at every step": (
        "`dh` is added again at every step, as if each state had a loss of its own. Here the loss "
        "reads the last state only."
    ),
    "loss at every step, each with its own walk": (
        "A walk of at most k crossings begins at every step, as if each state had a loss of its "
        "own with the gradient `dh`. Here the loss reads the last state only: one walk, from T."
    ),
    "bias forgotten": "The states are computed without the bias `b_h`.",
    "forward pass with the transpose": (
        "The forward pass multiplies by the transpose of `W_hh`, so all states are other ones. "
        "States are rows: `h_prev @ W_hh`."
    ),
    "product with the weights": (
        "The updates are products with the weights, `x_t W_xh` and `h_prev W_hh`, where the "
        "gradient with respect to the pre-activation belongs. Such an update never sees the "
        "target: a published recipe does this, and its curve goes down because the readout learns."
    ),
}
