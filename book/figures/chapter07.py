"""Diagrams of chapter 7."""

from parts import INK, RED, arrow, box, svg, text


def detach():
    """Draw two chunks: the state crosses the border, the gradient does not."""
    parts, wide, low = [], 74, 150
    places = [48 + wide * k for k in range(3)] + [284 + wide * k for k in range(3)]
    for k, x in enumerate(places):
        parts += [box(x, low, f"h_{k + 1}", width=48), arrow(x, 172, x, 240, RED, dashed=True)]
        if k:
            left = places[k - 1]
            parts.append(arrow(left + 26, low - 9, x - 27, low - 9))
            if k != 3:
                parts.append(arrow(x - 26, low + 9, left + 27, low + 9, RED, dashed=True))
    for first, words in ((places[0], "loss 1"), (places[3], "loss 2")):
        last = first + 2 * wide
        parts += [
            box(last, 52, words, "output", width=76),
            arrow(last - 9, low - 22, last - 9, 76),
            arrow(last + 9, 76, last + 9, low - 22, RED, dashed=True),
            text(first + wide - 30, 40, f"chunk {words[-1]}", 18),
        ]
    border = (places[2] + places[3]) / 2
    parts += [
        f'<path d="M{border:g} 150V202" stroke="{RED}" stroke-width="6"/>',
        text(border, 224, "detach()", 17, RED),
        box(240, 262, "W.grad += share of every step", "input", width=430),
    ]
    legend = [
        arrow(30, 312, 80, 312, INK),
        text(92, 318, "forward", 17, anchor="start"),
        arrow(230, 312, 280, 312, RED, dashed=True),
        text(292, 318, "backward", 17, RED, "start"),
    ]
    return svg(336, "Two chunks with the state detached between them", *parts, *legend)


DIAGRAMS = {"torch-detach": detach}
