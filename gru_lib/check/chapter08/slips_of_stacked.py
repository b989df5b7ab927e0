"""Chapter 8: the usual mistakes in the forward pass of `stacked`, and the forms they take.

A mistake that shows in other numbers when the padding is treated otherwise has *forms*. Each is a
slip of its own, named "mistake, form" or "mistake, form, form", with the mistake's explanation.
"""

SLIPS = {
    "another layer called": (
        "The states are those of a plain tanh network with these weights, and `layer` is another "
        "one here; where the weights are not three arrays, it raised an error. Did you call "
        "`rnn_layer`? Call `layer`, and hand it the weights as they are."
    ),
    "padding counted": (
        "The backward direction reads the padding first: the whole array is turned round, and "
        "turned back. Its state is no longer zero when it comes to the first real number. Turn "
        "each sequence round within its own length, and its states in the same way."
    ),
    "turned back over the whole": (
        "The sequences are turned round within their lengths, but the states are turned back over "
        "the whole array, so those of short sequences stand at the wrong steps. Both times it has "
        "to be the same turn."
    ),
    "not turned back": (
        "The states of the backward direction are left in the order in which they came. Its first "
        "state belongs to the *last* real step: turn the states round again, within the lengths, "
        "before joining them."
    ),
    "not turned round": (
        "The second direction reads forwards, too: its input is not turned round. Then it knows "
        "nothing that the first one does not know."
    ),
    "turned on the way back alone": (
        "The second direction is given the sequence as it is, and its states are turned round. So "
        "it reads forwards, and what it has read stands at the wrong steps. Turn the input and the "
        "states."
    ),
    "concatenated in the other order": (
        "The halves are joined in the other order, backwards first. Asked for is "
        "`[forwards, backwards]`, and the layer above has its weights in this order."
    ),
    "last states in the other order": (
        "`final` has its halves in the other order: the forward one comes first."
    ),
    "weights exchanged": (
        "The two directions have got each other's weights: the first of each pair belongs to the "
        "one that reads forwards."
    ),
    "the same weights twice": ("Both directions run with the forward weights. Each has its own."),
    "state not kept at padding": (
        "The forward half of `final` is what the direction has after the padded steps, in the last "
        "column that `layer` returned. It has read the whole sequence at its last real step, and "
        "the padding drives it on from there."
    ),
    "zero for the last state": (
        "The forward half of `final` is read in the last column, where sequences with padding have "
        "the zeros that you put there. It has read the whole sequence at its last real step."
    ),
    "backward state in the last column": (
        "The backward half of `final` is the last column that `layer` returned: for shorter "
        "sequences the padding has driven it on from the state that is asked for."
    ),
    "last column for the last state": (
        "`final` is the last column of the states: after the padding for shorter sequences, and "
        "for the others with a backward half that has read one step alone."
    ),
    "last column of h": (
        "`final` is the last column of `h`: zeros for every sequence with padding, and for the "
        "others a backward half that has read one step alone. Each direction has read everything "
        "at another step."
    ),
    "backward state at the last step": (
        "The backward half of `final` is read at the last real step, and there the backward "
        "direction has read one step alone. It has read everything when it has reached step 1."
    ),
    "padding passed on": (
        "`h` is not zero at padded steps: what `layer` makes of the padding is still there."
    ),
    "length 0 forgotten": (
        "For a sequence of length 0 `final` has to be zeros. Mind the index `lengths - 1`: it is "
        "-1 there, which NumPy reads as the last column; and column 0 is padding."
    ),
    "length 0 forgotten in the backward half": (
        "For a sequence of length 0 the backward half of `final` is not zero: every column is "
        "padding there, column 0 too. Set both halves to zero."
    ),
    "length 0 forgotten in the forward half": (
        "For a sequence of length 0 the forward half of `final` is not zero: every column is "
        "padding there, and the index `lengths - 1` is -1, which NumPy reads as the last one. Set "
        "both halves to zero."
    ),
    "upper layer reads x": (
        "Each layer reads `x`, the input of the lowest one; where the sizes do not happen to fit, "
        "it raised an error. A layer reads the output of the layer below."
    ),
    "first layer only": (
        "The result is that of the lowest layer, however many there are. Is a `return`, or the "
        "joining, inside the loop, or does it always begin from `x`?"
    ),
    "sorted by length": (
        "The results are those of the batch sorted by length. Row i of the results belongs to row "
        "i of `x`: put them back, or do not sort, which nothing here needs."
    ),
}
# Padding set to zero after the highest layer alone, or below it alone; a turn that leaves zeros at
# padding; padding of x set to zero before all else; last states that are right nevertheless; an
# order of sorting.
LATE, BELOW, ZEROS, FIRST, RIGHT, UPWARDS = (
    "with padding set to zero at the end alone",
    "with padding set to zero below the top layer alone",
    "with padding set to zero by the turn",
    "with padding set to zero in x",
    "with the last states right",
    "with the shortest first",
)
FORMS = {
    "padding counted": [(LATE,), (FIRST,), (LATE, FIRST)],
    "turned back over the whole": [(LATE,), (RIGHT,), (LATE, RIGHT), (ZEROS,)],
    "not turned back": [(RIGHT,)],
    "concatenated in the other order": [(RIGHT,)],
    "state not kept at padding": [(LATE,), (LATE, ZEROS), (FIRST,), (LATE, FIRST)],
    "backward state in the last column": [(LATE,), (ZEROS,), (LATE, FIRST)],
    "last column for the last state": [(LATE,), (ZEROS,), (LATE, ZEROS), (FIRST,), (LATE, FIRST)],
    "padding passed on": [(ZEROS,), (FIRST,), (BELOW,)],
    "length 0 forgotten": [(LATE,), (FIRST,)],
    "length 0 forgotten in the backward half": [(LATE,), (FIRST,)],
    "length 0 forgotten in the forward half": [(LATE,), (FIRST,)],
    "sorted by length": [(UPWARDS,)],
}
SLIPS |= {", ".join((name, *form)): SLIPS[name] for name, forms in FORMS.items() for form in forms}
