"""Diagrams of chapter 5."""

from parts import BLUE, FILL, GREY, INK, RED, arrow, box, svg, text


def block(left, top, width, height, words="", kind="state", size=18):
    """A rectangle that stands for an array, with its name in the middle."""
    rectangle = (
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" '
        f'fill="{FILL[kind]}" stroke="{INK}" stroke-width="1.6"/>'
    )
    label = text(left + width / 2, top + height / 2 + 6, words, size, italic=True)
    return rectangle + (label if words else "")


def side(x, y, words):
    """The length of a side, written beside it."""
    return text(x, y, words, 17, BLUE)


def flipped(x, y, head, low=""):
    """The name of a transposed array: a raised T, and a subscript below it."""
    lowered = f'<tspan font-size="12" dx="-8" dy="12">{low}</tspan>' if low else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="18" fill="{INK}" text-anchor="middle" '
        'font-style="italic" font-family="Georgia, Times New Roman, serif">'
        f'{head}<tspan font-size="12" dy="-7">T</tspan>{lowered}</text>'
    )


def product():
    """Draw one row [h, x] times one stacked matrix, and the two products it consists of."""
    parts = [
        side(24, 125, "B"),
        side(86, 92, "H"),
        side(154, 92, "D"),
        block(40, 102, 92, 34, "h"),
        block(132, 102, 44, 34, "x", "input"),
        text(194, 126, "·", 26),
        side(262, 38, "H"),
        side(327, 98, "H"),
        side(327, 164, "D"),
        block(214, 48, 98, 92, "W_{hr}"),
        block(214, 140, 98, 38, "W_{xr}", "input"),
        text(350, 126, "=", 24),
        side(420, 92, "H"),
        block(372, 102, 96, 34, "", "output"),
        text(420, 124, "[h, x] W_r", 17, italic=True),
        text(24, 260, "=", 24),
        block(44, 236, 92, 34, "h"),
        text(150, 262, "·", 26),
        block(164, 206, 98, 92, "W_{hr}"),
        text(282, 262, "+", 24),
        block(304, 236, 44, 34, "x", "input"),
        text(361, 262, "·", 26),
        block(372, 234, 96, 38, "W_{xr}", "input"),
        text(240, 332, "yellow: from the state · blue: from the input", 16),
    ]
    return svg(350, "A concatenated row times a stacked matrix is a sum of two products", *parts)


def cuts():
    """Draw all weights of a GRU as one array, then cut across (split) and down (concatenated)."""
    gates = ("r", "z", "h")
    parts = [text(240, 28, "all weights, H + D rows and 3H columns", 17)]
    parts += [side(105, 92, "H"), side(105, 142, "D")]
    for i, gate in enumerate(gates):
        left = 122 + 82 * i
        parts += [
            side(left + 41, 52, "H"),
            block(left, 60, 82, 56, f"W_{{h{gate}}}"),
            block(left, 116, 82, 36, f"W_{{x{gate}}}", "input"),
        ]
    parts += [
        arrow(190, 160, 142, 196, GREY),
        arrow(300, 160, 344, 196, GREY),
        text(122, 222, "cut across: GRU", 17),
        text(364, 222, "cut down: ConcatGRU", 17),
        side(22, 280, "H"),
        side(22, 354, "D"),
        side(122, 242, "3H"),
    ]
    for i, gate in enumerate(gates):
        left, right = 36 + 58 * i, 272 + 66 * i
        parts += [
            block(left, 250, 58, 52, f"W_{{h{gate}}}", size=17),
            block(left, 332, 58, 34, f"W_{{x{gate}}}", "input", size=17),
            side(right + 27, 242, "H"),
            block(right, 250, 54, 52, f"W_{{h{gate}}}", size=17),
            block(right, 302, 54, 34, f"W_{{x{gate}}}", "input", size=17),
            text(right + 27, 362, f"W_{gate}", 18, italic=True),
        ]
    parts += [
        side(256, 282, "H"),
        side(256, 324, "D"),
        text(226, 282, "W_h", 18, italic=True),
        text(226, 354, "W_x", 18, italic=True),
    ]
    return svg(384, "The weights of a GRU cut across or down", *parts)


def columns():
    """Draw the same product with rows and with columns."""
    parts = [
        text(116, 30, "rows: [h, x] W", 17),
        block(12, 96, 62, 28, "h"),
        block(74, 96, 32, 28, "x", "input"),
        text(120, 116, "·", 26),
        block(134, 50, 62, 62, "W_{hr}", size=17),
        block(134, 112, 62, 32, "W_{xr}", "input", size=16),
        side(165, 164, "H"),
        side(208, 86, "H"),
        side(208, 134, "D"),
        f'<path d="M230 20V180" stroke="{GREY}" stroke-width="1.4" stroke-dasharray="5 5"/>',
        text(356, 30, "columns: W [h; x]", 17),
        block(262, 66, 66, 62),
        block(328, 66, 56, 62, "", "input"),
        flipped(295, 103, "W", "hr"),
        flipped(356, 103, "W", "xr"),
        side(248, 103, "H"),
        side(295, 148, "H"),
        side(356, 148, "D"),
        text(402, 106, "·", 26),
        block(416, 50, 36, 62),
        block(416, 112, 36, 32, "", "input"),
        flipped(434, 87, "h"),
        flipped(434, 134, "x"),
    ]
    return svg(190, "Rows times a tall matrix, or a wide matrix times columns", *parts)


def cell():
    """Draw one step of the concatenated GRU: two concatenations, one after the other."""
    parts = [
        box(52, 76, "h_{t-1}", "state", 64),
        box(52, 250, "x_t", "input", 64),
        box(162, 162, "[h, x]", "plain", 74),
        arrow(64, 97, 132, 140),
        arrow(64, 229, 132, 184),
        box(262, 96, "z_t", "state", 52),
        box(262, 182, "r_t", "state", 52),
        arrow(200, 152, 234, 112),
        arrow(200, 166, 234, 178),
        text(206, 124, "W_z", 17, italic=True),
        text(216, 194, "W_r", 17, italic=True),
        box(262, 270, "[r ⊙ h, x]", "plain", 104),
        arrow(262, 203, 262, 248, RED),
        text(276, 234, "gates h_{t-1}", 16, RED, anchor="start"),
        arrow(86, 262, 208, 270),
        box(410, 270, "h̃_t", "state", 52),
        arrow(315, 270, 382, 270),
        text(346, 260, "W_h", 17, italic=True),
        box(410, 96, "h_t", "output", 52),
        arrow(410, 249, 410, 118),
        arrow(289, 96, 382, 96),
        text(422, 190, "· (1 - z)", 16, anchor="start"),
        arrow(86, 66, 394, 74, curve=-34),
        text(330, 46, "· z", 16),
        text(240, 322, "the second row can be built only when r is known", 16),
    ]
    return svg(338, "One step of the concatenated GRU", *parts)


DIAGRAMS = {
    "concat-product": product,
    "concat-cuts": cuts,
    "concat-columns": columns,
    "concat-cell": cell,
}
