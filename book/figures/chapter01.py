"""Diagrams of chapter 1 and of its landing page."""

from parts import BLUE, GREY, RED, arrow, box, svg, text


def column(x, step, names=("x", "h", "ŷ"), y=(236, 146, 56), output=True):
    """One time step: the input below, the state above it, on top the prediction."""
    x_name, h_name, y_name = (f"{n}_{step}" if step else n for n in names)
    parts = [
        box(x, y[0], x_name, "input"),
        arrow(x, y[0] - 21, x, y[1] + 23),
        box(x, y[1], h_name, "state"),
    ]
    if output:
        parts += [arrow(x, y[1] - 21, x, y[2] + 23), box(x, y[2], y_name, "output")]
    return parts


def unrolled():
    """Draw the loop on the left, the same network unrolled over three steps on the right."""
    parts = column(58, "", ("x_t", "h_t", "ŷ_t"))
    parts += [
        '<path d="M36 128 C -6 96, -6 196, 34 166" fill="none" stroke="#0072B2" '
        'stroke-width="2.4" marker-end="url(#blue)"/>',
        text(136, 152, "=", 26),
    ]
    parts += [box(184, 146, "h_0", "plain", 46)]
    for i, x in enumerate((262, 348, 434), start=1):
        parts += column(x, str(i), output=i == 3)
        parts.append(arrow(x - 60 if i > 1 else 208, 146, x - 28, 146, BLUE))
    parts += [
        text(222, 120, "W_{hh}", 16, BLUE),
        text(304, 120, "W_{hh}", 16, BLUE),
        text(390, 120, "W_{hh}", 16, BLUE),
    ]
    parts += [text(x + 9, 200, "W_{xh}", 16, anchor="start") for x in (262, 348, 434)]
    parts.append(text(443, 96, "W_{hy}", 16, anchor="start"))
    parts.append(text(346, 280, "time →", 17, GREY))
    return svg(292, "A recurrent network as a loop, and unrolled over three steps", *parts)


def backward():
    """Draw the unrolled network with the gradient on its way back, cut after two crossings."""
    xs = (52, 146, 240, 334, 428)
    parts = []
    for i, x in enumerate(xs):
        last = i == len(xs) - 1
        parts += column(x, f"{{{'t-' + str(4 - i) if not last else 't'}}}", output=last)
        if i:
            parts.append(arrow(xs[i - 1] + 28, 137, x - 29, 137, GREY))
    for i in (4, 3):
        parts.append(arrow(xs[i] - 29, 157, xs[i - 1] + 29, 157, RED, dashed=True))
    parts += [arrow(xs[4] - 12, 78, xs[4] - 12, 122, RED, dashed=True)]
    parts += [arrow(x - 13, 170, x - 13, 212, RED, dashed=True) for x in xs[2:]]
    parts += [
        f'<path d="M193 110V190" stroke="{RED}" stroke-width="3"/>',
        text(193, 100, "cut: k = 2", 17, RED),
        text(376, 62, "∂L/∂ŷ", 17, RED, italic=True),
        text(240, 282, "solid: values forward · red, dashed: gradient back,", 16),
        text(240, 303, "down to where the weights were used", 16),
    ]
    return svg(318, "Gradient flowing back through two recurrent steps, then cut", *parts)


def sequences():
    """Draw one-to-many, many-to-one and many-to-many as little networks."""
    parts = []
    kinds = (
        ("one to many", 20, 1, (1, 1, 1)),
        ("many to one", 180, 3, (0, 0, 1)),
        ("many to many", 340, 3, (1, 1, 1)),
    )
    for name, left, inputs, outputs in kinds:
        xs = [left + 14 + 48 * i for i in range(3)]
        parts.append(text(left + 62, 28, name, 18))
        for i, x in enumerate(xs):
            parts.append(box(x, 112, "", "state", 28, 28))
            if i:
                parts.append(arrow(xs[i - 1] + 14, 112, x - 16, 112, BLUE))
            if i < inputs:
                parts += [box(x, 172, "", "input", 28, 28), arrow(x, 158, x, 129)]
            if outputs[i]:
                parts += [box(x, 56, "", "output", 28, 28), arrow(x, 98, x, 73)]
    parts += [
        text(240, 214, "boxes, bottom to top: inputs, states, outputs", 16),
    ]
    return svg(228, "Three ways to map between sequences and single values", *parts)


def two_truncations():
    """Draw both meanings of truncated BPTT over eight steps."""
    xs = [38 + 58 * i for i in range(8)]
    parts = [text(20, 30, "Each loss term reaches back k = 2 steps", 17, anchor="start")]

    def row(y):
        for i, x in enumerate(xs):
            parts.append(box(x, y, "", "state", 26, 26))
            if i:
                parts.append(arrow(xs[i - 1] + 13, y - 6, x - 15, y - 6, GREY))

    row(62)
    for i, low in ((7, 0), (6, 1), (5, 2)):
        y = 86 + 16 * low
        parts.append(arrow(xs[i], y, xs[i - 2] + 2, y, RED, dashed=True))
        parts.append(f'<circle cx="{xs[i]}" cy="{y}" r="4" fill="{RED}"/>')
    parts.append(text(xs[2] - 4, 114, "… and so on", 16, RED))
    parts.append(text(20, 172, "Chunks of 4 steps, state carried on", 17, anchor="start"))
    row(204)
    for first, last in ((0, 3), (4, 7)):
        parts.append(arrow(xs[last], 228, xs[first] + 2, 228, RED, dashed=True))
        parts.append(f'<circle cx="{xs[last]}" cy="228" r="4" fill="{RED}"/>')
    parts.append(f'<path d="M{(xs[3] + xs[4]) / 2:g} 212V240" stroke="{RED}" stroke-width="3"/>')
    parts.append(text(240, 264, "grey: state · red, dashed: reach of the gradient", 16))
    return svg(278, "Truncation per loss term, and truncation by chunks", *parts)


DIAGRAMS = {
    "unrolled": unrolled,
    "backward": backward,
    "sequences": sequences,
    "two-truncations": two_truncations,
}
