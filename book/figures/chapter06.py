"""Diagrams of chapter 6."""

from parts import BLUE, FILL, GREY, INK, RED, arrow, svg, text


def bar(left, right, top, height=34, kind="input", words="", colour=INK):
    """A stretch of rows of the table, from one day to another, with words in it."""
    middle = (left + right) / 2
    rectangle = (
        f'<rect x="{left:g}" y="{top:g}" width="{right - left:g}" height="{height:g}" '
        f'fill="{FILL[kind]}" stroke="{INK}" stroke-width="1.6"/>'
    )
    return rectangle + (text(middle, top + height / 2 + 6, words, 17, colour) if words else "")


def bracket(left, right, top, words, colour):
    """A brace below a stretch of rows, with words under it."""
    return (
        f'<path d="M{left:g} {top:g}v9H{right:g}v-9" fill="none" stroke="{colour}" '
        'stroke-width="2.4"/>' + text((left + right) / 2, top + 30, words, 17, colour)
    )


def days(left, top, count, words=""):
    """A window of `count` small squares and, in another colour, the day to be predicted."""
    size = 17
    label = text(left - 12, top + 14, words, 16, anchor="end")
    squares = [
        f'<rect x="{left + size * i:g}" y="{top:g}" width="{size}" height="{size}" '
        f'fill="{FILL["input"] if i < count else "#f2c3a5"}" stroke="{INK}" stroke-width="1.2"/>'
        for i in range(count + 1)
    ]
    return "".join(squares) + label


def split():
    """Draw the series cut at 70 %, the scaler's rows, and three windows."""
    cut = 320
    line = (
        f'<path d="M{cut} 34V262" stroke="{RED}" stroke-width="2.4" stroke-dasharray="7 5"/>'
        + text(cut, 26, "the cut", 17, RED)
    )
    parts = [
        bar(20, cut, 44, words="training part, 70 %"),
        bar(cut, 460, 44, kind="output", words="test part"),
        bracket(22, cut - 2, 86, "mean and std from here alone", BLUE),
        days(28, 148, 10),
        text(226, 162, "and so on", 16, anchor="start"),
        line,
        days(cut - 170, 192, 10, "first test day"),
        days(cut - 102, 236, 10, "fifth test day"),
        arrow(330, 286, 450, 286, GREY),
        text(318, 292, "time", 16, GREY, "end"),
    ]
    return svg(304, "A series cut by time, with the windows at the cut", *parts)


def walk():
    """Draw four blocks of the test part, each predicted by a model refitted on all before it."""
    cut, width, parts = 270, 48, []
    for i in range(4):
        top, edge = 44 + 52 * i, cut + width * i
        parts += [
            bar(20, edge, top, words="train" if i else "train on all up to here"),
            bar(edge, edge + width, top, kind="output", words="test"),
        ]
    parts += [
        text(240, 27, "refit, predict the next block, move on", 17),
        arrow(330, 268, 450, 268, GREY),
        text(318, 274, "time", 16, GREY, "end"),
    ]
    return svg(288, "Walk-forward evaluation in four blocks", *parts)


DIAGRAMS = {"stock-split": split, "walk-forward": walk}
