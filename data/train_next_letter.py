"""Train the network of chapter 9, `next-letter.npz`: `python data/train_next_letter.py [FOLDER]`.

Takes about a minute on one core. Size, dropout, learning rate and the number of epochs were chosen
on the validation part; the test part is scored once, at the end.
"""

import sys
import time
from pathlib import Path

import numpy as np

from gru_lib import GRU, Dense, Model
from gru_lib.letters import Alphabet, nats_per_name, read_names, split_names
from gru_lib.losses import softmax_cross_entropy
from gru_lib.optim import Adam
from gru_lib.training import fit

FOLDER = Path(__file__).resolve().parent
HIDDEN = 96
DROPOUT = 0.3
LEARNING_RATE = 0.006
EPOCHS = 36


def build():
    """Return the untrained model."""
    size = len(Alphabet())
    layer = GRU(size, HIDDEN, reset="after", dtype=np.float32, seed=0)
    readout = Dense(HIDDEN, size, dtype=np.float32, seed=1)
    return Model(layer, readout, output="all", dropout=DROPOUT, seed=2)


def train(model, names, validation, epochs=EPOCHS):
    """Train the model on one list of names, and keep its best epoch by another."""
    alphabet = Alphabet()
    x, labels, lengths = alphabet.encode(names, np.float32)
    return fit(
        model,
        x,
        labels,
        Adam(LEARNING_RATE),
        epochs=epochs,
        batch_size=64,
        loss=softmax_cross_entropy,
        lengths=lengths,
        validation=alphabet.encode(validation, np.float32),
        clip_norm=1.0,
        schedule="linear",
        patience=12,
        seed=3,
    )


def report(model, parts):
    """Return one row of a table for each part: names, nats per name, bits per letter."""
    rows = []
    for part, names in zip(("training", "validation", "test"), parts, strict=True):
        nats = nats_per_name(model, Alphabet(), names)
        letters = sum(len(name) + 1 for name in names)  # with the mark at the end
        bits = nats.sum() / letters / np.log(2)
        rows.append(f"| {part} | {len(names)} | {nats.mean():.2f} | {bits:.3f} |")
    return rows


def main(arguments):
    """Train, write the file, and print what `README.md` tells of it."""
    parts = split_names(read_names()["name"], seed=0)
    model, started = build(), time.perf_counter()
    history = train(model, *parts[:2])
    seconds = time.perf_counter() - started
    path = Path(arguments[0] if arguments else FOLDER) / "next-letter.npz"
    model.save(path)
    print(f"{seconds:.0f} s, {len(history)} epochs, the best one {history.best_epoch}")
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    print(*report(model, parts), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
