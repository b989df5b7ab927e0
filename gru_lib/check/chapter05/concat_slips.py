"""Chapter 5: what goes wrong in a step forward of the concatenated GRU."""

SLIPS = {
    "reset gate not used": (
        "`r`, the reset gate, is computed and not used: the candidate reads the gates' row "
        "[h, x]. It needs a row of its own, in which the state has been gated."
    ),
    "reset after for before": (
        "The reset gate acts after the product: your candidate is that of tanh(r ⊙ (h W_hh) + "
        "x W_xh + b_h). This is the other GRU, the one of PyTorch; here the state is gated before "
        "it meets the matrix."
    ),
    "reset after, bias inside": (
        "The reset gate acts after the product, and on the bias as well: tanh(r ⊙ (h W_hh + b_h) + "
        "x W_xh). This is the GRU of PyTorch; here the state is gated before it meets the matrix."
    ),
    "reset on the wrong side": (
        "The reset gate multiplies the input's part as well: it is applied to a whole row or to a "
        "finished product. It should touch the state only, and before the product."
    ),
    "reset on the whole pre-activation": (
        "The reset gate multiplies the candidate's whole pre-activation, r ⊙ ([h, x] W_h + b_h): "
        "the input's part and the bias as well. It should touch the state only, and before the "
        "product."
    ),
    "r for the gated state": (
        "The candidate's row is [r, x]: the gate itself stands where the gated state belongs, "
        "r ⊙ h_prev. The candidate sees nothing of the old state but what the gate shows."
    ),
    "reset on the candidate": (
        "The reset gate multiplies the candidate itself, after the tanh. It gates the old state, "
        "before the product: the input must pass whatever r says."
    ),
    "update gate for reset gate": (
        "The candidate's row is gated by z. It is r that decides how much of the old state the "
        "candidate sees."
    ),
    "gates' jobs exchanged": (
        "Both gates are right, and each does the other's work: z gates the state in the "
        "candidate's row, r mixes in the last line. r stands for reset: it should be r in the row, "
        "and z in the last line."
    ),
    "1 - r for r": "The candidate's row is gated by 1 - r where r belongs.",
    "gates exchanged": (
        "r and z have changed places: the reset gate is computed with the update gate's matrix and "
        "bias, and the other way round."
    ),
    "results in another order": (
        "r and z are returned in the other order; the new state is right. It should be "
        "(r, z, h_tilde, h)."
    ),
    "update gate reads the gated row": (
        "The update gate is computed from the candidate's row [r ⊙ h, x]. Both gates read the row "
        "in which nothing has been gated."
    ),
    "b_r for b_z": (
        "The update gate is computed with the reset gate's bias `b_r`. A copied line, perhaps."
    ),
    "W_r for W_z": (
        "The update gate is computed with the reset gate's matrix `W_r`. A copied line, perhaps: "
        "the shapes are the same."
    ),
    "z and 1 - z exchanged": (
        "z and 1 - z have changed places in the last line. In this book z multiplies the old "
        "state; the texts with z on the candidate have the other sign of the gate's weights."
    ),
    "gated state for the old one": (
        "The last line reads r ⊙ h_prev where the old state itself belongs. The gate is meant for "
        "the candidate's row only; give that row, or the product, a name of its own."
    ),
    "path forgotten: the old state": (
        "z ⊙ h_prev is missing in the new state: nothing is carried over, whatever z says."
    ),
    "1 - z missing": (
        "The candidate enters the new state in full: its factor 1 - z is missing in the last line."
    ),
    "z missing": "The old state enters the new one in full: its factor z is missing.",
    "1 - r for 1 - z": (
        "The candidate enters the new state with 1 - r. The last line is a mean with the weights z "
        "and 1 - z; r belongs in the candidate's row only."
    ),
    "reset gate for update gate": (
        "In the last line r stands where z belongs. It is z that decides how much of the old state "
        "is kept; r belongs in the candidate's row only."
    ),
    "z for 1 - z": (
        "Both parts of the new state are multiplied by z. It is a mean with the weights z and "
        "1 - z, which together are 1."
    ),
    "tanh of the new state": (
        "The new state passes through another tanh. The LSTM has one there; the GRU's state is "
        "between -1 and 1 anyway."
    ),
    "concatenated in the other order": (
        "The rows are [x, h] and the matrices are made for [h, x]. The shapes fit, so nothing "
        "complains; the state meets the input's rows."
    ),
    "other order for the gates": (
        "The gates' row is [x, h], the candidate's [h, x] as it should be. All three matrices are "
        "made for a row with the state first."
    ),
    "other order for the candidate": (
        "The candidate's row is [x, h], the gates' [h, x] as it should be. All three matrices are "
        "made for a row with the state first."
    ),
    "bias forgotten: b_r": "The reset gate lacks its bias.",
    "bias forgotten: b_z": "The update gate lacks its bias.",
    "bias forgotten: b_h": "The candidate lacks its bias.",
    "bias forgotten": "The biases are missing: your numbers are those of biases of zero.",
    "bias outside the activation: gates": (
        "The gates' biases are added after the activation, so that a gate can leave the range "
        "from 0 to 1. They belong to the pre-activation, inside the brackets."
    ),
    "bias outside the activation: candidate": (
        "The candidate's bias is added after the activation. It belongs to the pre-activation, "
        "inside the brackets."
    ),
    "bias outside the activation": (
        "All biases are added after the activations. They belong to the pre-activations, "
        "inside the brackets."
    ),
    "activation missing: gates": (
        "The gates are their pre-activations: the sigmoid is missing, which makes them shares "
        "between 0 and 1."
    ),
    "tanh for sigmoid": (
        "The gates pass through the tanh, so that they can be negative. A gate is a share between "
        "0 and 1: the sigmoid."
    ),
    "sigmoid of a sigmoid": (
        "The sigmoid is applied twice to the gates: they lie between 0.5 and 0.74 only."
    ),
    "tanh of a tanh": "The tanh is applied twice to the candidate.",
    "sigmoid for tanh": (
        "The candidate passes through the sigmoid. It is no gate: it needs the tanh, so that the "
        "state can become negative."
    ),
    "activation missing": "The candidate is its pre-activation: the tanh is missing.",
}
