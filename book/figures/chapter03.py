"""Diagrams of chapter 3: a number that is carried, the LSTM's cell, and its paths backward."""

from parts import BLUE, GREEN, GREY, INK, RED, arrow, box, svg, text

LINE, GATES = 58, 214  # heights of the cell state and of the four boxes
KEEP, WRITE, SUM, SHOW = (122, LINE), (240, 138), (240, LINE), (392, 166)  # nodes
BOXES = {"f": 122, "i": 198, "g": 282, "o": 346}


def node(x, y, kind, colour=INK):
    """A circle with a dot in it for a product number by number, with a cross for a sum."""
    inside = f'<circle cx="{x}" cy="{y}" r="3.4" fill="{colour}"/>'
    if kind == "sum":
        inside = f'<path d="M{x - 8} {y}h16M{x} {y - 8}v16" stroke="{colour}" stroke-width="2.4"/>'
    return (
        f'<circle cx="{x}" cy="{y}" r="14" fill="#ffffff" stroke="{colour}" '
        f'stroke-width="2"/>{inside}'
    )


def share(x, y, letter, step, source, colour):
    """The share of a gradient that comes back from a step: [∂L/∂c_t]_{t+1}, from its left end."""

    def low(index):
        return f'<tspan font-size="12" dy="5">{index}</tspan>'

    style = 'font-style="italic" font-family="Georgia, Times New Roman, serif"'
    return (
        f'<text x="{x}" y="{y}" font-size="17" fill="{colour}" {style}>[∂L/∂{letter}{low(step)}'
        f'<tspan dy="-5">]</tspan>{low(source)}</text>'
    )


def line(*points, colour=INK, dashed=False):
    """A line through points, without an arrowhead."""
    dash = ' stroke-dasharray="7 5"' if dashed else ""
    way = "L".join(f"{x} {y}" for x, y in points)
    return f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="2.4"{dash}/>'


def carry():
    """Draw a number that is carried through four steps, each adding something to it."""
    parts, left = [box(28, 60, "0", "state", 40)], 48
    for add, value in (("0.3", "0.3"), ("0", "0.3"), ("0.5", "0.8"), ("−0.2", "0.6")):
        x = left + 34
        parts += [
            arrow(left, 60, x - 16, 60, BLUE),
            node(x, 60, "sum"),
            arrow(x + 14, 60, x + 30, 60, BLUE),
            box(x + 52, 60, value, "state", 40),
            arrow(x, 122, x, 78),
            text(x, 144, add, 18),
        ]
        left = x + 72
    parts += [
        text(240, 24, "the memory, carried with weight 1", 17, BLUE),
        text(240, 174, "what is written at steps 1, 2, 3, 4", 17, GREY),
    ]
    return svg(190, "A number that is carried unchanged and added to", *parts)


def edges():
    """Return the arrows of the cell, in the direction of the forward pass."""
    (kx, ky), (wx, wy), (sx, sy), (hx, hy) = KEEP, WRITE, SUM, SHOW
    top = GATES - 21
    return {
        "c_prev": (54, ky, kx - 17, ky),
        "kept": (kx + 15, ky, sx - 17, sy),
        "written": (wx, wy - 15, sx, sy + 18),
        "c": (sx + 15, sy, 420, sy),
        "f": (BOXES["f"], top, kx, ky + 18),
        "i": (BOXES["i"] + 6, top, wx - 11, wy + 14),
        "g": (BOXES["g"] - 6, top, wx + 12, wy + 14),
        "o": (BOXES["o"] + 6, top, hx - 13, hy + 13),
        "tanh": (hx, LINE, hx, 92),
        "shown": (hx, 130, hx, hy - 17),
        "h": (hx + 15, hy, 422, hy),
    } | {f"to {name}": (x, 288, x, GATES + 24) for name, x in BOXES.items()}


def furniture():
    """Return the boxes and nodes that both drawings of the cell share."""
    parts = [
        box(30, LINE, "c_{t−1}", "state", 52),
        box(448, LINE, "c_t", "state", 50),
        box(448, SHOW[1], "h_t", "state", 50),
        box(30, 288, "h_{t−1}", "state", 52),
        box(78, 346, "x_t", "input", 52),
        box(SHOW[0], 111, "tanh", "plain", 56, 36),
    ]
    for name, x in BOXES.items():
        parts.append(box(x, GATES, "tanh" if name == "g" else "σ", "output", 52))
    parts += [node(*KEEP, "product"), node(*WRITE, "product"), node(*SHOW, "product")]
    return [*parts, node(*SUM, "sum")]


def cell():
    """Draw one step of the LSTM."""
    parts = [line((56, 288), (346, 288)), line((78, 326), (78, 288))]
    parts.append(f'<circle cx="78" cy="288" r="4.5" fill="{INK}"/>')
    parts.append(f'<circle cx="{SHOW[0]}" cy="{LINE}" r="4.5" fill="{BLUE}"/>')
    for name, ends in edges().items():
        parts.append(arrow(*ends, BLUE if name in ("c_prev", "kept", "c") else INK))
    parts += furniture()
    parts += [
        text(106, 150, "f_t", 19),
        text(196, 180, "i_t", 19),
        text(288, 180, "g_t", 19),
        text(350, 178, "o_t", 19),
        text(122, 30, "keep", 17, GREY),
        text(240, 30, "add", 17, GREY),
        text(188, 138, "write", 17, GREY),
        text(438, 206, "show", 17, GREY),
        text(292, 336, "forget, input, candidate, output", 17, GREY),
        text(292, 360, "each reads h and x with its own weights", 16, GREY),
    ]
    return svg(376, "One step of the LSTM", *parts)


def cell_backward():
    """Draw the ways of the gradient through one step of the LSTM."""
    parts = [line((346, 288), (66, 288), colour=RED, dashed=True)]
    parts.append(line((78, 288), (78, 318), colour=RED, dashed=True))
    for name, (x1, y1, x2, y2) in edges().items():
        direct = name in ("c_prev", "kept", "c")
        if name.startswith("to "):
            y2 -= 2
        parts.append(arrow(x2, y2, x1, y1, GREEN if direct else RED, dashed=not direct))
    parts.append(arrow(80, 288, 60, 288, RED, dashed=False))
    parts.append(arrow(78, 304, 78, 324, RED, dashed=False))
    parts += furniture()
    parts += [
        text(88, 32, "× f_t", 18, GREEN),
        text(90, 150, "× c_{t−1}", 18, RED),
        text(190, 174, "× g_t", 18, RED),
        text(290, 174, "× i_t", 18, RED),
        text(402, 140, "× o_t", 17, RED, anchor="start"),
        text(352, 152, "× tanh c_t", 17, RED, anchor="end"),
        line((356, 154), (372, 178), colour=GREY),
        text(276, 32, "∂L/∂c_t", 18, INK),
        share(372, 28, "c", "t", "t+1", GREEN),
        share(4, 104, "c", "t−1", "t", GREEN),
        share(4, 262, "h", "t−1", "t", RED),
        text(440, 206, "∂L/∂h_t", 17, RED, italic=True),
        text(292, 336, "green: from cell state to cell state", 17, GREEN),
        text(292, 360, "orange, dashed: all other paths", 17, RED),
    ]
    return svg(376, "The paths of the gradient through one step of the LSTM", *parts)


DIAGRAMS = {"lstm-carry": carry, "lstm-cell": cell, "lstm-backward": cell_backward}
