"""Draw the book's diagrams: `python book/figures/draw.py` writes the SVG files beside it.

One style for all: a white card, so that a diagram reads in the dark theme too, a width of 480
units, so that 18-unit type is still legible on a phone, and the colours of `gru_lib.plots`.
"""

from pathlib import Path

from gru_lib.plots import COLOURS

INK, BLUE, RED, GREY = COLOURS["black"], COLOURS["blue"], COLOURS["vermillion"], "#8a8a8a"
FILL = {"input": "#e8f1f8", "state": "#fdf0d5", "output": "#e2f3ec", "plain": "#f4f4f4"}
WIDTH = 480


def text(x, y, words, size=18, colour=INK, anchor="middle", italic=False):
    """Words at a point; `a_b` sets b as a subscript, braces group: `W_{hh}`."""
    head, _, low = words.partition("_")
    if low:
        low = low.strip("{}")
        head += f'<tspan font-size="{size * 0.7:.0f}" dy="{size * 0.28:.0f}">{low}</tspan>'
        italic = True
    style = ' font-style="italic" font-family="Georgia, Times New Roman, serif"' if italic else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" '
        f'text-anchor="{anchor}"{style}>{head}</text>'
    )


def box(x, y, words, kind="state", width=52, height=40):
    """A rounded box around a point, with words in it."""
    left, top = x - width / 2, y - height / 2
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{width}" height="{height}" rx="9" '
        f'fill="{FILL[kind]}" stroke="{INK}" stroke-width="1.6"/>' + text(x, y + 6, words)
    )


def arrow(x1, y1, x2, y2, colour=INK, dashed=False, curve=0):
    """An arrow from one point to another, bent sideways by `curve`."""
    dash = ' stroke-dasharray="7 5"' if dashed else ""
    mx, my = (x1 + x2) / 2, (y1 + y2) / 2
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-9)
    cx, cy = mx - curve * (y2 - y1) / length, my + curve * (x2 - x1) / length
    name = {INK: "ink", BLUE: "blue", RED: "red", GREY: "grey"}[colour]
    return (
        f'<path d="M{x1:g} {y1:g} Q{cx:g} {cy:g} {x2:g} {y2:g}" fill="none" stroke="{colour}" '
        f'stroke-width="2.4"{dash} marker-end="url(#{name})"/>'
    )


def svg(height, title, *parts):
    """Put the parts on a white card with a title for screen readers."""
    heads = "".join(
        f'<marker id="{name}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="6" '
        f'markerHeight="6" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{c}"/>'
        "</marker>"
        for name, c in (("ink", INK), ("blue", BLUE), ("red", RED), ("grey", GREY))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH * 1.4:g}" role="img" font-family="Helvetica, Arial, sans-serif">\n'
        f"<title>{title}</title>\n<defs>{heads}</defs>\n"
        f'<rect width="{WIDTH}" height="{height}" rx="12" fill="#ffffff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


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


def numbers():
    """Draw the chain of one unit with its numbers, forward and back, and the sum for w."""
    xs = (52, 164, 276, 388)
    parts = [text(20, 26, "forward: h = x + 0.5 h before", 17, anchor="start")]
    for i, (x, h) in enumerate(zip(xs, ("0", "1", "2.5", "0.25"), strict=True)):
        parts.append(box(x, 96, h, "state" if i else "plain", 58))
        parts.append(text(x, 62, f"h_{i}", 17))
        if i:
            parts.append(arrow(xs[i - 1] + 30, 89, x - 32, 89, GREY))
            parts.append(text((xs[i - 1] + x) / 2, 80, "0.5", 16, GREY))
    for i, (x, g) in enumerate(zip(xs[1:], ("−0.5", "−1", "−2"), strict=True)):
        parts.append(text(x, 148, g, 18, RED))
        if i:
            parts.append(arrow(x - 32, 104, xs[i] + 32, 104, RED, dashed=True))
    parts.append(text(20, 148, "∂L/∂h", 17, RED, anchor="start", italic=True))
    parts.append(arrow(462, 104, 420, 104, RED, dashed=True))
    parts.append(text(20, 196, "each use of w: ∂L/∂h times h before", 17, anchor="start"))
    terms = ("−0.5 · 0 = 0", "−1 · 1 = −1", "−2 · 2.5 = −5")
    parts += [text(x, 226, term, 16) for x, term in zip((140, 264, 396), terms, strict=True)]
    parts += [arrow(x, 234, 252 + (x - 264) * 0.3, 262) for x in (140, 264, 396)]
    parts.append(box(256, 284, "sum: ∂L/∂w = −6", "output", 190))
    return svg(316, "Three steps of one unit, forward and backward, in numbers", *parts)


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
        text(240, 214, "boxes, bottom to top: inputs, states, outputs", 16, INK),
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
    "numbers": numbers,
    "backward": backward,
    "sequences": sequences,
    "two-truncations": two_truncations,
}


def main(folder=Path(__file__).parent):
    """Write every diagram into `folder`."""
    for name, draw in DIAGRAMS.items():
        Path(folder, f"{name}.svg").write_text(draw(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
