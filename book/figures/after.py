"""Diagrams of the closing page: five ideas that came after the gated cells."""

from parts import BLUE, GREEN, GREY, INK, PURPLE, RED, arrow, box, svg, text


def encoder_decoder():
    """Draw an encoder of four steps whose last state starts a decoder of three."""
    parts = [text(121, 30, "encoder", 18), text(366, 30, "decoder", 18)]
    reads = (34, 92, 150, 208)
    for i, x in enumerate(reads, start=1):
        parts += [
            box(x, 204, f"x_{i}", "input", 44),
            arrow(x, 183, x, 153),
            box(x, 130, f"h_{i}", "state", 44),
        ]
        if i > 1:
            parts.append(arrow(x - 36, 130, x - 25, 130, BLUE))
    parts.append(arrow(231, 130, 267, 130, RED))
    parts.append(text(249, 112, "c", 20, RED, italic=True))
    writes = (292, 366, 440)
    for i, x in enumerate(writes, start=1):
        parts += [
            box(x, 204, f"y_{i - 1}", "input", 44),
            arrow(x, 183, x, 153),
            box(x, 130, f"s_{i}", "state", 44),
            arrow(x, 109, x, 85),
            box(x, 62, f"p_{i}", "output", 44),
        ]
        if i > 1:
            parts.append(arrow(x - 52, 130, x - 25, 130, BLUE))
            parts.append(arrow(x - 51, 84, x - 21, 181, PURPLE, dashed=True, curve=16))
    parts += [
        text(240, 258, "c is all that the decoder learns of the input:", 17),
        text(240, 282, "H numbers, however long the input was", 17),
    ]
    return svg(300, "An encoder reads four inputs, a decoder writes three outputs", *parts)


def attention():
    """Draw five kept states, their weights as bars, and the weighted mean."""
    weights = (0.04, 0.07, 0.71, 0.13, 0.05)
    xs = [48 + 76 * i for i in range(5)]
    parts = [box(200, 42, "c", "output", 60), text(244, 48, "weighted mean", 17, anchor="start")]
    for i, (x, weight) in enumerate(zip(xs, weights, strict=True), start=1):
        height = 80 * weight
        parts += [
            f'<rect x="{x - 15}" y="{184 - height:g}" width="30" height="{height:g}" '
            f'fill="{GREEN}"/>',
            text(x, 204, f"{weight:.2f}", 16),
            box(x, 246, f"h_{i}", "state", 48),
            arrow(x, 176 - height, 200 + (i - 3) * 10, 66, BLUE if i == 3 else GREY),
        ]
        if i > 1:
            parts.append(arrow(x - 51, 246, x - 27, 246, GREY))
    parts += [
        box(438, 150, "s", "state", 48),
        text(438, 116, "asks", 17),
        f'<rect x="24" y="96" width="356" height="116" rx="9" fill="none" stroke="{GREY}" '
        'stroke-width="1.6"/>',
        arrow(413, 150, 384, 150, RED),
        text(240, 298, "every state is kept, and each is one step away from c", 17),
    ]
    return svg(
        314, "Attention: a weighted mean of all states, with weights that sum to one", *parts
    )


def transformer():
    """Draw causal self-attention over four positions, with no arrow along the row."""
    xs = [72 + 112 * i for i in range(4)]
    parts = []
    for i, x in enumerate(xs, start=1):
        for j, low in enumerate(xs[:i], start=1):
            colour = BLUE if i == 4 else GREY
            shift = 6 * (j - i)
            parts.append(arrow(low, 185, x + shift, 85, colour))
        parts += [
            box(x, 206, f"x_{i}", "input", 52),
            text(x, 250, f"+ p_{i}", 17),
            box(x, 62, f"c_{i}", "output", 52),
        ]
    parts += [
        text(240, 28, "all positions at once: nothing waits for its neighbour", 17),
        text(240, 286, "blue: what position 4 reads · p: its place in the row", 17),
    ]
    return svg(302, "Self-attention: every position reads itself and all before it", *parts)


def scan():
    """Draw a scan over eight steps in three rounds."""
    xs = [142 + 44 * i for i in range(8)]
    ys = (60, 130, 200, 270)
    parts = [text(296, 28, "steps 1 to 8", 17)]
    names = ("", "1 back", "2 back", "4 back")
    for row, (y, name) in enumerate(zip(ys, names, strict=True)):
        label = "(a, b)" if row == 0 else f"round {row}:"
        parts.append(text(14, y + (6 if row == 0 else -4), label, 17, anchor="start"))
        if row:
            parts.append(text(14, y + 18, name, 17, BLUE, anchor="start"))
        for i, x in enumerate(xs):
            if row:
                parts.append(arrow(x, ys[row - 1] + 12, x, y - 13, GREY))
                back = 2 ** (row - 1)
                if i >= back:
                    parts.append(arrow(xs[i - back] + 6, ys[row - 1] + 10, x - 9, y - 9, BLUE))
    for row, y in enumerate(ys):
        for i, x in enumerate(xs):
            done = i < 2**row
            fill = GREEN if done else "#fdf0d5"
            parts.append(
                f'<circle cx="{x}" cy="{y}" r="11" fill="{fill}" stroke="{INK}" '
                'stroke-width="1.6"/>'
            )
    parts.append(text(240, 314, "green: finished, the state of its step", 17))
    return svg(330, "A scan: eight steps of a linear recurrence in three rounds", *parts)


def state_space():
    """Draw a linear state-space model as a recurrence, and as a convolution."""
    xs = [64 + 88 * i for i in range(4)]
    parts = [text(16, 28, "step by step", 17, anchor="start")]
    for i, x in enumerate(xs, start=1):
        parts += [
            box(x, 146, f"x_{i}", "input", 46, 34),
            arrow(x, 128, x, 97),
            text(x + 8, 120, "B", 17, anchor="start", italic=True),
            box(x, 76, f"h_{i}", "state", 46, 36),
        ]
        if i > 1:
            parts.append(arrow(x - 64, 76, x - 26, 76, BLUE))
            parts.append(text(x - 45, 66, "A", 17, BLUE, italic=True))
    parts += [
        arrow(352, 76, 405, 76),
        text(378, 66, "C", 17, italic=True),
        box(432, 76, "y_4", "output", 48, 36),
        text(16, 204, "in one go", 17, anchor="start"),
    ]
    for i, x in enumerate(xs, start=1):
        end = 240 + 14 * (i - 2.5)
        parts += [
            box(x + 44, 330, f"x_{i}", "input", 46, 34),
            arrow(x + 44, 312, end, 250, GREEN),
            text(x + 44 + (-22 if i < 3 else 22), 300, f"K_{4 - i}", 17, GREEN),
        ]
    parts += [
        box(240, 228, "y_4", "output", 80, 36),
        text(240, 378, "K: first B, then A once per step crossed, then C", 17),
    ]
    return svg(394, "A state-space model as a recurrence and as a convolution", *parts)


DIAGRAMS = {
    "after-encoder-decoder": encoder_decoder,
    "after-attention": attention,
    "after-transformer": transformer,
    "after-scan": scan,
    "after-state-space": state_space,
}
