"""The options of the command line: their names, limits, defaults and help."""

import argparse

DEFAULTS = {
    "data_file": None,
    "column": None,
    "log": False,
    "difference": False,
    "split_ratio": 0.7,
    "validation_ratio": 0.0,
    "seq_length": 10,
    "cell": "gru",
    "hidden_size": 70,
    "num_epochs": 100,
    "batch_size": 32,
    "learning_rate": 0.001,
    "optimizer": "adam",
    "clip": None,
    "seed": 0,
}
ABOUT = """\
Train a recurrent network on a series of daily prices, or of any other dated
numbers, and compare it with the simplest forecast there is: tomorrow is like
today."""
FIRST = """\
For example:
  python -m gru_lib train --data-file GOOG.csv --num-epochs 50 --out goog
  python -m gru_lib evaluate --model goog
  python -m gru_lib predict --model goog --steps 5
"""
TRAIN = """\
Train a network to predict the next value of a series from the latest ones, and
score it on the later part, which it has not seen, beside persistence (the
forecast that repeats the last value)."""
WRITTEN = """\
What is written to the folder:
  model.npz        the best network, with scaler, column, logarithm and window
  metrics.json     scores on training and test part, and those of persistence
  history.csv      one row per epoch: loss, norm of the gradient, seconds
  cost.png         the loss against the epoch
  sequence.png     the series and what was predicted
  residual.png     actual minus predicted, against predicted
  checkpoint.npz   what --resume needs

Exit status: 0; 1 if the training diverged, or 130 after Ctrl-C: both keep the
best network so far; 2 for bad input: one line says why, nothing is written.
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message):
        """Print what is wrong and leave with status 2."""
        self.exit(2, f"{self.prog}: {one_line(message)} (--help explains)\n")


def whole_number(least, most):
    """Return a function that reads a whole number from `least` to `most`."""
    return _reader(int, lambda n: least <= n <= most, f"a whole number from {least} to {most}")


def number(low, high=None):
    """Return a function that reads a number above `low` and, if `high` is given, below it."""
    wanted = f"a number above {low}" + (f" and below {high}" if high is not None else "")
    top = float("inf") if high is None else high
    return _reader(float, lambda x: low < x < top, wanted)


def _reader(kind, good, wanted):
    def read(text):
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not good(value):
            raise argparse.ArgumentTypeError(f"expected {wanted}, got {text[:40]!r}")
        return value

    return read


def parser():
    """Return the parser of the whole command line."""
    top = Parser("python -m gru_lib", description=ABOUT, epilog=FIRST, **_RAW)
    commands = top.add_subparsers(
        title="commands", dest="command", required=True, metavar="COMMAND"
    )
    train = commands.add_parser(
        "train", help="train a network and score it", description=TRAIN, epilog=WRITTEN, **_RAW
    )
    _add_train(train)
    text = "Score a trained network beside persistence, a drift and the mean."
    evaluate = commands.add_parser("evaluate", help="score a trained network", description=text)
    text = "Forecast the steps after the end of a series; each prediction is the next input."
    predict = commands.add_parser("predict", help="forecast what comes next", description=text)
    for command in (evaluate, predict):
        command.add_argument(
            "--model", required=True, help="folder of a run, or its model.npz", metavar="DIR"
        )
        command.add_argument(
            "--data-file", help="CSV file (default: the one it was trained on)", metavar="FILE"
        )
    predict.add_argument(
        "--steps",
        type=whole_number(1, 100_000),
        required=True,
        help="rows to forecast",
        metavar="N",
    )
    predict.add_argument("--out", help="CSV file to write (default: the screen)", metavar="FILE")
    return top


_RAW = {"formatter_class": argparse.RawDescriptionHelpFormatter}


def _add_train(train):
    def add(group, name, text, **options):
        default = DEFAULTS[name[2:].replace("-", "_")]
        text += "" if default in (None, False) else f" (default: {default})"
        group.add_argument(name, help=text, default=argparse.SUPPRESS, **options)

    count, path = {"metavar": "N", "type": whole_number(1, 100_000_000)}, {"metavar": "FILE"}
    data = train.add_argument_group("data")
    add(data, "--data-file", "CSV file; a bare name is also looked for in data/", **path)
    text = "column to learn (default: Adj Close where there is one, else Close)"
    add(data, "--column", text, metavar="NAME")
    add(data, "--log", "learn the logarithm of the values", action="store_true")
    text = "learn the steps from one value to the next; with --log, the log returns"
    add(data, "--difference", text, action="store_true")
    text = "share of the rows, the earliest, to train on"
    add(data, "--split-ratio", text, metavar="R", type=number(0, 1))
    text = "share of that part, its latest rows, to choose the best epoch on, and not to learn from"
    add(data, "--validation-ratio", text, metavar="R", type=number(0, 1))
    add(data, "--seq-length", "values that the network is shown", **count)
    network = train.add_argument_group("network and training")
    add(network, "--cell", "kind of network", choices=("gru", "lstm", "rnn"))
    size = whole_number(1, 4096)
    add(network, "--hidden-size", "hidden units", metavar="N", type=size)
    add(network, "--num-epochs", "passes over the training part, in all", **count)
    add(network, "--batch-size", "windows per update", **count)
    add(network, "--learning-rate", "size of a step", metavar="X", type=number(0))
    add(network, "--optimizer", "how steps are taken", choices=("adam", "sgd"))
    text = "clip the norm of the gradient to X (default: no clipping)"
    add(network, "--clip", text, metavar="X", type=number(0))
    text = "same seed, same machine: same files"
    add(network, "--seed", text, metavar="N", type=whole_number(0, 2**32 - 2))
    folder = train.add_argument_group("folders")
    folder.add_argument("--out", metavar="DIR", help="folder to write to; made if need be")
    text = "go on with the run in this folder; only --num-epochs may be given anew"
    folder.add_argument("--resume", metavar="DIR", help=text)


def one_line(message):
    """Return a message as one line."""
    return " ".join(str(message).split())
