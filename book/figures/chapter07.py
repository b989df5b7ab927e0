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
        box(240, 262, "W.grad += sum of the shares", "input", width=430),
    ]
    legend = [
        arrow(30, 312, 80, 312, INK),
        text(92, 318, "forward", 17, anchor="start"),
        arrow(230, 312, 280, 312, RED, dashed=True),
        text(292, 318, "backward", 17, RED, "start"),
    ]
    return svg(336, "Two chunks with the state detached between them", *parts, *legend)


def graph():
    """Draw the graph of three steps of one unit, with the derivatives on the way back."""
    parts, wide, low = [], 96, 62
    places = [48 + wide * k for k in range(5)]
    values = ("1", "2.5", "0.25", "0.5", "0.25")
    names = ("h_1", "h_2", "h_3", "ŷ", "L")
    for k, (x, name, value) in enumerate(zip(places, names, values, strict=True)):
        parts += [box(x, low, name, "output" if k > 2 else "state", width=48)]
        parts.append(text(x, low - 30, value, 16))
        if k:
            left = places[k - 1]
            parts.append(arrow(left + 26, low - 9, x - 27, low - 9))
            parts.append(arrow(x - 26, low + 9, left + 27, low + 9, RED, dashed=True))
    backward = ("−0.5", "−1", "−2", "−1")
    for x, derivative in zip(places, backward, strict=False):
        parts.append(text(x + 46, low + 34, derivative, 16, RED))
    for x, share in zip(places, ("0", "−1", "−5"), strict=False):
        parts += [arrow(x, low + 22, x, 160, RED, dashed=True)]
        parts.append(text(x + 9, 136, share, 17, RED, "start"))
    parts.append(box(144, 182, "w.grad += −6", "input", width=250))
    legend = [
        arrow(300, 172, 350, 172, INK),
        text(360, 178, "forward", 17, anchor="start"),
        arrow(350, 202, 300, 202, RED, dashed=True),
        text(360, 208, "backward", 17, RED, "start"),
    ]
    return svg(222, "The graph of three steps, forward and back", *parts, *legend)


DIAGRAMS = {"torch-graph": graph, "torch-detach": detach}
