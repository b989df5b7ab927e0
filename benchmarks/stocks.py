"""Train on every ticker with the command line, in full: `python benchmarks/stocks.py`.

Each row of `stocks.csv` is one run of

    python -m gru_lib train --data-file GOOG.csv --split-ratio 0.7 --seq-length 10 \
        --hidden-size 70 --num-epochs 1000 --learning-rate 0.001 --seed 0 --out DIR

with another ticker, another seed, and nothing more (`levels`), `--log` (`log`), `--log
--difference` (`log returns`), or these and `--validation-ratio 0.2 --num-epochs 100` (`log returns,
validated`). A run of 1000 epochs takes two to three minutes on a machine with nothing else to do,
all of them more than an hour. The table is written after every run, and the runs that it holds
already are left out: remove it to begin anew.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded; the runs inherit it

import pandas as pd

from gru_lib.storage import whole

TABLE = Path(__file__).with_name("stocks.csv")
TICKERS = ("GOOG", "AAPL", "IBM")
VARIANTS = {"levels": [], "log": ["--log"], "log returns": ["--log", "--difference"]}
VARIANTS["log returns, validated"] = [
    *VARIANTS["log returns"],
    *("--validation-ratio", "0.2", "--num-epochs", "100"),
]
SEEDS = (0, 1, 2)
SETTINGS = {
    "split-ratio": 0.7,
    "seq-length": 10,
    "hidden-size": 70,
    "num-epochs": 1000,
    "learning-rate": 0.001,
}
KEY = ["ticker", "variant", "seed"]


def command(ticker, variant, seed, folder):
    """Return the command of one run as a list of words."""
    settings = [word for name, value in SETTINGS.items() for word in (f"--{name}", str(value))]
    words = [sys.executable, "-m", "gru_lib", "train", "--data-file", f"{ticker}.csv", *settings]
    return [*words, "--seed", str(seed), *VARIANTS[variant], "--out", str(folder)]


def scores(folder):
    """Return what one run found, as one row."""
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    history = pd.read_csv(folder / "history.csv", index_col="epoch")
    column = "loss" if history["validation_loss"].isna().all() else "validation_loss"
    row = {"epochs": len(history), "best_epoch": int(history[column].idxmin())}
    persistence = metrics.pop("persistence")
    for forecast, parts in (("", metrics), ("persistence_", persistence)):
        for part, found in parts.items():
            row |= {f"{forecast}{part}_{name}": f"{value:.5g}" for name, value in found.items()}
    return row | {"seconds": round(history["seconds"].sum())}


def main():
    """Run what is missing."""
    rows = pd.read_csv(TABLE, dtype=str).to_dict("records") if TABLE.exists() else []
    done = {tuple(row[name] for name in KEY) for row in rows}
    runs = [(t, v, s) for s in SEEDS for v in VARIANTS for t in TICKERS]
    for ticker, variant, seed in runs:
        if (ticker, variant, str(seed)) in done:
            continue
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(command(ticker, variant, seed, folder), check=True)
            rows.append(dict(zip(KEY, (ticker, variant, seed), strict=True)) | scores(Path(folder)))
        with whole(TABLE) as path:
            pd.DataFrame(rows).to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
