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


def dash(x1, y1, x2, y2, colour):
    """A dashed line where an array is cut."""
    return (
        f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="{colour}" stroke-width="3" '
        'stroke-dasharray="8 5"/>'
    )


def cuts():
    """Draw all weights of a GRU as one array, then cut across (split) and down (concatenated)."""
    gates = ("r", "z", "h")
    parts = [text(240, 28, "all weights, H + D rows and 3H columns", 17)]
    parts += [side(94, 92, "H"), side(94, 142, "D")]
    for i, gate in enumerate(gates):
        left = 122 + 82 * i
        parts += [
            side(left + 41, 50, "H"),
            block(left, 60, 82, 56, f"W_{{h{gate}}}"),
            block(left, 116, 82, 36, f"W_{{x{gate}}}", "input"),
        ]
    parts += [
        dash(106, 116, 384, 116, RED),
        dash(204, 54, 204, 162, BLUE),
        dash(286, 54, 286, 162, BLUE),
        arrow(178, 164, 134, 196, RED),
        arrow(312, 164, 352, 196, BLUE),
        text(108, 222, "cut across: GRU", 17, RED),
        text(370, 222, "cut down: ConcatGRU", 17, BLUE),
        side(22, 282, "H"),
        side(22, 376, "D"),
        side(122, 244, "3H"),
    ]
    for i, gate in enumerate(gates):
        left, right = 36 + 58 * i, 272 + 66 * i
        parts += [
            block(left, 252, 58, 52, f"W_{{h{gate}}}", size=17),
            block(left, 352, 58, 34, f"W_{{x{gate}}}", "input", size=17),
            side(right + 27, 244, "H"),
            block(right, 252, 54, 52, f"W_{{h{gate}}}", size=17),
            block(right, 304, 54, 34, f"W_{{x{gate}}}", "input", size=17),
            text(right + 27, 366, f"W_{gate}", 18, italic=True),
        ]
    parts += [
        side(256, 284, "H"),
        side(256, 326, "D"),
        text(112, 328, "W_h", 18, italic=True),
        text(160, 328, "of GRU", 16),
        text(112, 410, "W_x", 18, italic=True),
        text(160, 410, "of GRU", 16),
        text(365, 396, "of ConcatGRU", 16),
    ]
    return svg(426, "The weights of a GRU cut across or down", *parts)


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


def node(x, y):
    """A small circle with a multiplication, number by number, in it."""
    return (
        f'<circle cx="{x}" cy="{y}" r="14" fill="#ffffff" stroke="{INK}" stroke-width="1.6"/>'
        + text(x, y + 7, "⊙", 20)
    )


def cell():
    """Draw one step of the concatenated GRU: two concatenations, one after the other."""
    parts = [
        box(46, 70, "h_{t-1}", "state", 64),
        box(46, 326, "x_t", "input", 64),
        # the first row, and what is made from it
        block(120, 148, 46, 36, "h"),
        block(166, 148, 30, 36, "x", "input"),
        arrow(66, 92, 122, 144),
        arrow(66, 304, 168, 190),
        box(272, 112, "z_t", "plain", 52),
        box(272, 194, "r_t", "plain", 52),
        arrow(198, 160, 243, 122),
        arrow(198, 174, 243, 190),
        text(206, 134, "W_z", 17, italic=True),
        text(214, 208, "W_r", 17, italic=True),
        # the second row: r gates the old state, x joins again
        node(232, 252),
        arrow(262, 216, 241, 238, RED),
        f'<path d="M36 92V252H214" fill="none" stroke="{RED}" stroke-width="2.4" '
        'marker-end="url(#red)"/>',
        block(202, 308, 62, 36, "r ⊙ h"),
        block(264, 308, 34, 36, "x", "input"),
        arrow(232, 268, 232, 305, RED),
        f'<path d="M80 326H140V368H281V347" fill="none" stroke="{INK}" stroke-width="2.4" '
        'marker-end="url(#ink)"/>',
        box(424, 326, "h̃_t", "plain", 52),
        arrow(300, 326, 395, 326),
        text(346, 316, "W_h", 17, italic=True),
        # the new state
        box(424, 112, "h_t", "output", 52),
        arrow(424, 305, 424, 135),
        text(414, 232, "times 1 - z", 16, anchor="end"),
        arrow(300, 112, 395, 112),
        text(346, 134, "mixes", 16),
        arrow(80, 62, 410, 89, curve=-26),
        text(260, 40, "times z", 16),
        text(240, 402, "the second row can be built only when r is known", 16),
    ]
    return svg(418, "One step of the concatenated GRU", *parts)


DIAGRAMS = {
    "concat-product": product,
    "concat-cuts": cuts,
    "concat-columns": columns,
    "concat-cell": cell,
}
