"""Time `gru_lib` against PyTorch and against its own matrix products: `make bench`.

Two worker processes, one for each library, take turns: a burst of one, a pause, a burst of the
other. One process would not be fair with two threads, since the idle threads of either library go
on spinning for a while and take the core from the other. Before a case is timed, PyTorch's worker
checks that both libraries give the same output and the same gradients from the same weights.

Every time is a median over the turns; a ratio is the median of the ratios of the single turns, and
stands with their quartiles, which show the machine's noise. One table is printed, and all numbers
are written to `benchmarks/results.json`. Chapter 10 and the closing page show them: after a new
measurement, `make refresh`.
"""

import argparse
import itertools
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SIZES = [  # batch, time, input, hidden
    (1, 10, 1, 50),
    (32, 50, 1, 100),
    (100, 50, 1, 100),
    (165, 10, 1, 70),
    (64, 100, 32, 128),
    (128, 50, 128, 256),
]
CELLS = ["RNN", "LSTM", "GRU"]
FORMS = ["GRU before", "ConcatGRU", "GRU truncate=5", "GRU truncate=5, loss at the end"]
DTYPES = ["float32", "float64"]
THREADS = [1, 2]
PAUSE = 0.04  # seconds, longer than idle threads spin


class Worker:
    """A process that times one library."""

    def __init__(self, library, threads):
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / f"{library}_worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | dict.fromkeys(names, str(threads)),
            text=True,
        )

    def ask(self, **message):
        """Send one request and return the answer; a worker that fails ends the benchmark."""
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"a worker failed at {message}")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def take_turns(requests, turns):
    """Return one list of times per request (worker, message), burst by burst in turn.

    Every other turn goes backwards, so that a machine that grows slower favours nobody.
    """
    times, pairs = [[] for _ in requests], list(enumerate(requests))
    for turn in range(turns):
        for place, (worker, message) in pairs[:: -1 if turn % 2 else 1]:
            time.sleep(PAUSE)
            times[place].append(worker.ask(action="time", **message))
    return times


def summary(ours, other):
    """Return median times, and the median and the quartiles of the ratios turn by turn.

    The median of the ratios is in general not the ratio of the medians.
    """
    ratios = np.array(ours) / np.array(other)
    low, ratio, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    return {
        "ms": round(1e3 * float(np.median(ours)), 3),
        "other_ms": round(1e3 * float(np.median(other)), 3),
        "ratio": round(float(ratio), 3),
        "quartiles": [round(float(low), 3), round(float(high), 3)],
    }


def layers(ours, torch, threads, turns):
    """Yield a row for every cell, size and dtype: ours, PyTorch's, and the bare products."""
    for dtype, size, cell in itertools.product(DTYPES, SIZES, CELLS):
        case = {"kind": "layer", "cell": cell, "size": size, "dtype": dtype}
        torch.ask(action="check", **case)
        requests = [(ours, case), (torch, case), (ours, case | {"kind": "products"})]
        mine, theirs, floor = take_turns(requests, turns)
        row = {"threads": threads, "dtype": dtype, "size": size, "cell": cell}
        yield row | {"torch": summary(mine, theirs), "products": summary(mine, floor)}


def forms(ours, torch, threads, turns):
    """Yield a row for every other form of the GRU, beside PyTorch's GRU and ours like it."""
    dtype = "float64"
    for size, form in itertools.product(SIZES[:5], FORMS):
        case = {"kind": "layer", "cell": "GRU", "size": size, "dtype": dtype}
        requests = [(ours, case | {"cell": form}), (torch, case), (ours, case)]
        mine, theirs, first = take_turns(requests, turns)
        row = {"threads": threads, "dtype": dtype, "size": size, "cell": form}
        yield row | {"torch": summary(mine, theirs), "gru": summary(mine, first)}


def training(ours, torch, threads, turns):
    """Yield a row for a whole training step: GRU, readout, squared error, clipping, Adam."""
    for dtype, size in itertools.product(DTYPES, SIZES):
        case = {"kind": "training", "cell": "GRU", "size": size, "dtype": dtype}
        mine, theirs = take_turns([(ours, case), (torch, case)], turns)
        row = {"threads": threads, "dtype": dtype, "size": size, "cell": "GRU"}
        yield row | {"torch": summary(mine, theirs)}


def growth(ours, threads, turns):
    """Yield a row per cell: the time for twice as many steps, and the memory."""
    for cell in CELLS:
        short = {"kind": "layer", "cell": cell, "size": (32, 100, 1, 100), "dtype": "float64"}
        long = short | {"size": (32, 200, 1, 100)}
        twice, once = take_turns([(ours, long), (ours, short)], turns)
        row = {"threads": threads, "cell": cell, "doubling": summary(twice, once)}
        yield row | {"memory": ours.ask(action="memory", **long)}


def geometric_mean(rows, key="torch"):
    return float(np.exp(np.mean(np.log([row[key]["ratio"] for row in rows]))))


def print_rows(title, rows, columns):
    print(f"\n{title}")
    for row in rows:
        size = "({:>3}, {:>3}, {:>3}, {:>3})".format(*row["size"])
        text = f"{row['threads']} thread  {row['dtype']}  {size}  {row['cell']:<32}"
        for key, name in columns.items():
            s = row[key]
            low, high = s["quartiles"]
            text += f" {s['ms']:8.2f} ms, {name} {s['other_ms']:8.2f}: "
            text += f"{s['ratio']:5.2f} ({low:.2f}-{high:.2f})"
        print(text)


def targets(rows, steps):
    """Return the figures that were aimed at: name, measured, limit."""

    def only(**wanted):
        return [r for r in rows if all(r[k] == v for k, v in wanted.items())]

    wide = [r["products"]["ratio"] for r in rows if r["size"][0] >= 32 and r["size"][3] >= 90]
    return [
        ("RNN to PyTorch, geometric mean", geometric_mean(only(cell="RNN")), 0.5),
        ("GRU to PyTorch", geometric_mean(only(cell="GRU")), 0.8),
        ("LSTM, float64, to PyTorch", geometric_mean(only(cell="LSTM", dtype="float64")), 0.8),
        ("LSTM, float32, to PyTorch", geometric_mean(only(cell="LSTM", dtype="float32")), None),
        ("all rows to PyTorch", geometric_mean(rows), 0.7),
        ("to our products, batch >= 32, hidden >= 90: mean", float(np.mean(wide)), 1.6),
        ("to our products, worst", max(wide), 2.2),
        ("a training step to PyTorch's", geometric_mean(steps), 0.7),
    ]


def machine():
    """Return what the numbers depend on."""
    import torch

    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].split(":")[1].strip() if names else cpu
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "processor": cpu,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "torch": torch.__version__,
    }


def main():
    """Run everything, print it, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=7, help="bursts per case (default 7)")
    parser.add_argument("--threads", type=int, nargs="*", default=THREADS)
    parser.add_argument("--only", choices=["layers", "forms", "training", "growth"], nargs="*")
    parser.add_argument("--output", type=Path, default=HERE / "results.json")
    options = parser.parse_args()
    parts = options.only or ["layers", "forms", "training", "growth"]
    found = {"machine": machine(), "layers": [], "forms": [], "training": [], "growth": []}
    for threads in options.threads:
        ours, torch = Worker("numpy", threads), Worker("torch", threads)
        if "layers" in parts:
            found["layers"] += layers(ours, torch, threads, options.turns)
        if "forms" in parts and threads == 1:
            found["forms"] += forms(ours, torch, threads, options.turns)
        if "training" in parts:
            found["training"] += training(ours, torch, threads, options.turns)
        if "growth" in parts and threads == 1:
            found["growth"] += growth(ours, threads, options.turns)
        ours.close()
        torch.close()
    print(", ".join(f"{k} {v}" for k, v in found["machine"].items()))
    columns = {"torch": "PyTorch", "products": "products"}
    print_rows("Forward and backward (batch, time, input, hidden)", found["layers"], columns)
    print_rows("Other forms", found["forms"], {"torch": "PyTorch's GRU", "gru": "our GRU"})
    print_rows("A training step", found["training"], {"torch": "PyTorch"})
    print("\nTwice as many steps, and memory")
    for row in found["growth"]:
        m, s = row["memory"], row["doubling"]
        print(
            f"{row['cell']:<5} {s['ratio']:.2f} ({s['quartiles'][0]:.2f}-{s['quartiles'][1]:.2f}) "
            f"times the time; peak {m['peak'] / 1e6:.1f} MB, stored {m['stored'] / 1e6:.1f} MB: "
            f"{m['peak'] / m['stored']:.2f}"
        )
    if found["layers"] and found["training"]:
        print("\nAimed at")
        found["targets"] = targets(found["layers"], found["training"])
        for name, measured, limit in found["targets"]:
            print(f"{name:<52} {measured:.2f}" + (f"  (at most {limit})" if limit else ""))
    partial = options.output.with_suffix(".partial")
    partial.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    partial.replace(options.output)


if __name__ == "__main__":
    main()
