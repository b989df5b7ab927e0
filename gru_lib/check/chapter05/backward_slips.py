"""Chapter 5: what goes wrong in a step back of the concatenated GRU."""

# What says less stands before what says more: a single result is given the first that fits.
GATES = {"the update gate": "z", "the reset gate": "r", "the gates": "rz"}
SIGMOID = {
    "sigmoid of a sigmoid": (
        "The derivative applies the sigmoid once more to a value that is a sigmoid already."
    ),
    "derivative missing": (
        "The sigmoid's derivative is missing, so that the gradient is that of the gate itself and "
        "not of the pre-activation."
    ),
    "derivative of the wrong function": "The derivative is that of a tanh, `1 - s**2`.",
    "1 - s missing": "The derivative has the factor s alone.",
    "s missing": "The derivative has the factor 1 - s alone.",
}
SLIPS = {
    "tanh of a tanh": (
        "The tanh is taken once more, `1 - tanh(h_tilde)**2`, and `h_tilde` is a tanh already. In "
        "terms of the output the derivative is `1 - h_tilde**2`; a published recipe has this slip."
    ),
    "square missing": (
        "The candidate's derivative is 1 - h_tilde in your numbers; the square is missing: "
        "`1 - h_tilde**2`."
    ),
    "derivative missing: tanh": (
        "The derivative of the candidate's tanh is missing in its gradient."
    ),
    "derivative of the wrong function: the candidate": (
        "The candidate's derivative is that of a sigmoid. It is a tanh: `1 - h_tilde**2`."
    ),
    "dh for the candidate's gradient": (
        "`dW_h` and `db_h` are made with `dh`, the gradient of the new state, where the gradient "
        "of the candidate's pre-activation belongs. Give the two different names."
    ),
    "dh for the candidate's gradient: the row": (
        "The gradient of the candidate's row is made with `dh`. What goes back through `W_h` is "
        "the gradient of the candidate's pre-activation, with 1 - z and the tanh's derivative."
    ),
    "stray + 1": (
        "In the update gate's gradient stands h_prev + 1 - h_tilde. The derivative of (1 - z) "
        "times the candidate with respect to z is minus the candidate; the 1 falls away."
    ),
    "1 - z forgotten": "The candidate's gradient lacks 1 - z, with which it enters the new state.",
    "z in 1 - z forgotten": (
        "The update gate's gradient is that of z ⊙ h_prev alone. z occurs a second time, in 1 - z, "
        "where it multiplies the candidate."
    ),
    "z in z ⊙ h_prev forgotten": (
        "The update gate's gradient is that of (1 - z) ⊙ h_tilde alone. z occurs a first time, "
        "where it multiplies h_prev."
    ),
    "z for 1 - z": (
        "The candidate's gradient has the factor z. The candidate enters the new state with 1 - z."
    ),
    "1 - z for z": (
        "`dh` goes straight on to `dh_prev` with the factor 1 - z. The old state enters with z."
    ),
    "overwritten dh": (
        "`dh` was overwritten by `dh * (1 - z)` before the path straight on was computed. That one "
        "starts from the gradient of the new state itself."
    ),
    "z forgotten": "`dh` goes straight on to `dh_prev` without z, with which h_prev enters h_t.",
    "z and 1 - z exchanged": (
        "z and 1 - z have changed places, here and in the update gate's sign: these are the "
        "gradients of the convention in which z multiplies the candidate."
    ),
    "sign of the update gate": (
        "The update gate's gradient has the wrong sign. z multiplies the old state, so more of z "
        "means more of h_prev and less of h_tilde."
    ),
    "r for h_prev": (
        "The reset gate's gradient multiplies by r where h_prev belongs: the derivative of r ⊙ "
        "h_prev with respect to r is h_prev."
    ),
    "h_prev forgotten": (
        "The reset gate's gradient lacks h_prev, the derivative of r ⊙ h_prev by r."
    ),
    "matrix forgotten": (
        "The reset gate's gradient is made with that of the candidate's pre-activation. Between "
        "the two stands the matrix: what reaches r ⊙ h_prev has come back through `W_h`."
    ),
    "gated once too often": (
        "The reset gate's gradient contains a factor r too much: the gradient of r ⊙ h_prev goes "
        "on in two ways, times r to h_prev and times h_prev to r, and not one after the other."
    ),
    "gated twice": (
        "The first H columns of the candidate's row are multiplied by r at once, and what comes "
        "out is used as the gradient of r ⊙ h_prev. They are that gradient as they stand: it goes "
        "on times r to h_prev and times h_prev to r."
    ),
    "h_prev for r": (
        "On the way to `dh_prev` the gradient of r ⊙ h_prev is multiplied by h_prev. That is its "
        "way to r; the derivative of r ⊙ h_prev with respect to h_prev is r."
    ),
    "reset on the wrong side: dh_prev": (
        "In `dh_prev` the candidate's gradient meets r before it goes back through `W_h`. That "
        "fits a reset after the product. Here the state is gated first, then multiplied; on the "
        "way back it is the matrix first, then r."
    ),
    "reset on the wrong side": (
        "The gradient of r ⊙ h_prev is made with the candidate's gradient times r. r has no place "
        "there: what goes back through `W_h` is the candidate's gradient itself. A factor before "
        "the matrix fits a reset after the product."
    ),
    "reset on the wrong side: the row": (
        "The gradient of the candidate's whole row, that of x included, is made with the "
        "candidate's gradient times r. What goes back through `W_h` is the candidate's gradient "
        "itself; r comes afterwards, and only on the way to the state."
    ),
    "reset after for before: dW_h": (
        "The upper rows of `dW_h` are those of the reset after the product: h_prev, not gated, "
        "meets the candidate's gradient times r. `W_h` has multiplied r ⊙ h_prev, the gated state."
    ),
    "reset after for before: all but dW_h": (
        "The candidate's share is that of the other GRU, whose reset gate acts after the product, "
        "tanh(r ⊙ (h W_hh) + x W_xh + b_h). Here the state is gated before it meets the matrix, so "
        "that the way back leads through `W_h` first, and then to r and to h_prev."
    ),
    "reset after for before": (
        "These are the gradients of the other GRU, whose reset gate acts after the product, "
        "tanh(r ⊙ (h W_hh) + x W_xh + b_h). Here the state is gated before it meets the matrix: "
        "r ⊙ h_prev is what `W_h` has multiplied."
    ),
    "reset forgotten on the way back": (
        "The first H columns of the candidate's row go to `dh_prev` as they are. They are the "
        "gradient of r ⊙ h_prev; on the way to h_prev they meet r."
    ),
    "path forgotten: the gated state": (
        "`dh_prev` lacks the path through the candidate: it reads r ⊙ h_prev."
    ),
    "path forgotten: the reset gate, to h_prev": (
        "`dh_prev` lacks the path through the reset gate, which reads h_prev as well as x_t."
    ),
    "path forgotten: the update gate, to h_prev": (
        "`dh_prev` lacks the path through the update gate, which reads h_prev as well as x_t."
    ),
    "path forgotten: both gates, to h_prev": (
        "`dh_prev` lacks the paths through the two gates, which read h_prev as well as x_t."
    ),
    "path forgotten: the reset gate, to x": (
        "`dx` lacks the path through the reset gate, which reads x_t as well as h_prev."
    ),
    "path forgotten: the update gate, to x": (
        "`dx` lacks the path through the update gate, which reads x_t as well as h_prev."
    ),
    "path forgotten: both gates, to x": (
        "`dx` has the candidate's share only. The two gates read x_t, too."
    ),
    "path forgotten: the reset gate": "`dh_prev` and `dx` lack the path through the reset gate.",
    "path forgotten: the update gate": "`dh_prev` and `dx` lack the path through the update gate.",
    "path forgotten: both gates": "`dh_prev` and `dx` lack the paths through the two gates.",
    "path forgotten: all but straight on": (
        "`dh_prev` has the path through z ⊙ h_prev alone. Three more lead through matrices."
    ),
    "path forgotten: straight on": (
        "`dh_prev` lacks the path that needs no matrix, through z ⊙ h_prev."
    ),
    "path forgotten: from the candidate to x": (
        "`dx` has the shares of the two gates only. The candidate reads x_t, too, through the last "
        "D rows of its matrix."
    ),
    "ungated row": (
        "`dW_h` is made with the gates' row [h, x]. The candidate's matrix multiplied another row, "
        "in which the state was gated. (The lower rows, those of x, are right.)"
    ),
    "gated row for the update gate": (
        "`dW_z` is made with the candidate's row [r ⊙ h, x]. `W_z` multiplied [h, x]."
    ),
    "gated row for the reset gate": (
        "`dW_r` is made with the candidate's row [r ⊙ h, x]. `W_r` multiplied [h, x]."
    ),
    "gated row for the gates": (
        "`dW_r` and `dW_z` are made with the candidate's row [r ⊙ h, x]. The gates' matrices "
        "multiplied [h, x]."
    ),
    "cut at the wrong end: the candidate's row": (
        "The gradient of the candidate's row is cut at the wrong end: its last H columns are taken "
        "for r ⊙ h_prev. The state comes first in the row. The shapes fit whatever D is."
    ),
    "cut at the wrong end: all of the candidate's row": (
        "The gradient of the candidate's row is cut at the wrong end: its last H columns are taken "
        "for r ⊙ h_prev and the first D for x. The state comes first in the row."
    ),
    "cut at the wrong end: the gates' rows": (
        "The gradient of the gates' row is cut at the wrong end: its last H columns go to "
        "`dh_prev`. The state comes first in the row. The shapes fit whatever D is."
    ),
    "cut at the wrong end: the state": (
        "The gradients of both rows are cut at the wrong end: their last H columns are taken for "
        "the state's. The state comes first in a row. The shapes fit whatever D is."
    ),
    "cut at the wrong end: dx": (
        "`dx` takes the first D columns of the row's gradient. The state comes first in [h, x]; "
        "the input has the last D."
    ),
    "cut at the wrong end": (
        "The gradient of the row is cut at the wrong end: its last H columns go to `dh_prev` and "
        "the first D to `dx`. The state comes first in [h, x]."
    ),
    "gradient blocks exchanged": (
        "A matrix's gradient is made with a row [x, h]: the input's block stands on top. It is "
        "stacked as the weights are, the state's block first."
    ),
    "concatenated in the other order": (
        "The matrices' gradients and the cut are those of a row [x, h]; here the state comes first."
    ),
    "W_r for W_z": ("The update gate's gradient goes back through the reset gate's matrix `W_r`."),
    "missing transpose: the reset gate": (
        "On the way from the reset gate back to h_prev the upper block of `W_r` is used as it is. "
        "Forwards unit i sends by row i, backwards it collects along the same row: transpose."
    ),
    "missing transpose: the update gate": (
        "On the way from the update gate back to h_prev the upper block of `W_z` is used as it is. "
        "Forwards unit i sends by row i, backwards it collects along the same row: transpose."
    ),
    "missing transpose: the candidate": (
        "On the way back to r ⊙ h_prev the candidate's upper block is used as it is. Forwards unit "
        "i sends by row i, backwards it collects along the same row: transpose."
    ),
    "missing transpose: the gates": (
        "On the way from the gates back to h_prev the upper blocks are used as they are. Forwards "
        "unit i sends by row i, backwards it collects along the same row: transpose."
    ),
    "missing transpose": (
        "On the way back to h_prev the upper blocks are used as they are. Forwards unit i sends "
        "by row i, backwards it collects along the same row: transpose."
    ),
    "mean for sum: matrices": (
        "A matrix's gradient is divided by the number of sequences. It is a sum over them here; a "
        "mean belongs in the loss, if at all."
    ),
    "mean for sum: biases": (
        "A bias's gradient is divided by the number of sequences. It is a sum over them here; a "
        "mean belongs in the loss, if at all."
    ),
    "mean for sum": (
        "The gradients of matrices and biases are divided by the number of sequences. They are "
        "sums here; a mean belongs in the loss, if at all."
    ),
}
SLIPS |= {
    f"{slip}: {gates}" if slip != "sigmoid of a sigmoid" or gates != "the gates" else slip: (
        f"In the gradient of {gates}: {text[0].lower()}{text[1:]} In terms of the output s of a "
        "sigmoid the derivative is `s * (1 - s)`."
    )
    for slip, text in SIGMOID.items()
    for gates in GATES
}
