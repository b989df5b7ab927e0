"""Chapter 9: the next letter of a name, and the letters that its prediction leans on."""

import re

import traitlets

from ..model import Model
from ..series import FOLDER
from .figure import Figure
from .weights import pack

NAME = r"[a-z]{0,20}·?"


class NextLetter(Figure):
    """The GRU of chapter 9 with a name in the reader's hand.

    p_k = exp(y_k / tau) / sum_j exp(y_j / tau)    (eq-softmax, math-temperature)
    lean = sqrt(sum_j (g_j - g_i)^2 / 26)          (math-letters-lean)

    The lean, in nats, is that of the likeliest next symbol, or of the end if the name is over. It
    and the nats of the name are those of temperature 1; the temperature changes what is drawn.

    Attributes:
        typed: the letters so far, at most 20 from a to z; with the mark `"·"` at its end the name
            is over.
        temperature: what the scores are divided by, 0.2 to 2.
        seed: of the generator that draws, 0 to 99; place n of a name takes its number n, so a
            letter that was taken back is drawn again.
        order: `"letter"` or `"size"`, how the 27 bars are sorted.
        measure: `"gradient"` or `"exchange"`, how the lean is measured: to first order, or by
            really putting every other symbol in the letter's place.
        weights: what `data/next-letter.npz` holds, packed; no knob.

    Raises:
        FileNotFoundError: the file is missing (it is not part of an installed package).

    """

    script = "next_letter"
    title = "The next letter"
    description = (
        "Type the beginning of a name: bars show what the trained network expects next, and which "
        "of the letters so far its likeliest guess leans on. Letters are added by a click or drawn "
        "at a temperature."
    )
    typed = traitlets.Unicode("patri").tag(sync=True)
    temperature = traitlets.CFloat(1.0, min=0.2, max=2).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=99).tag(sync=True)
    order = traitlets.Enum(("letter", "size"), "letter").tag(sync=True)
    measure = traitlets.Enum(("gradient", "exchange"), "gradient").tag(sync=True)
    weights = traitlets.Dict().tag(sync=True, fixed=True)

    @traitlets.default("weights")
    def _weights(self):
        layer, readout = Model.load(FOLDER / "next-letter.npz").layers
        return pack(layer.params | readout.params)

    @traitlets.validate("typed")
    def _typed(self, proposal):
        if not re.fullmatch(NAME, proposal["value"]):
            raise traitlets.TraitError(
                "typed: expected at most 20 letters a to z, with or without the mark · at the end, "
                f"got {proposal['value']!r}"
            )
        return proposal["value"]
