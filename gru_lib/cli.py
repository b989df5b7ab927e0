"""The command line, `python -m gru_lib`: train a network on a series, evaluate it, forecast."""

import contextlib
import os
import sys
import time
import warnings
from pathlib import Path

from .options import DEFAULTS, one_line, parser

# The commands import what they need: --help answers at once.
INTERRUPTED = 130  # exit status after Ctrl-C, as shells have it


def _train(options):
    from .runs import Run
    from .updates import TrainingDiverged

    given = {name: value for name, value in vars(options).items() if name in DEFAULTS}
    if options.resume is None:
        for flag, value in (("--data-file", given.get("data_file")), ("--out", options.out)):
            if not value:
                raise ValueError(f"{flag}: expected one, unless a run is taken up with --resume")
        run = Run(DEFAULTS | given)
    else:
        run = Run.resume(options.resume, given)
    folder = Path(options.out or options.resume)
    started = time.perf_counter()
    try:
        metrics, stopped = _inside(folder, run.train)
    except KeyboardInterrupt:
        early = "interrupted before an epoch was complete: nothing is kept"
        late = f"interrupted while writing; train --resume {folder} writes the rest"
        print(f"\n{late if run.written else early}", file=sys.stderr)
        return INTERRUPTED
    except TrainingDiverged as error:
        where = f"in epoch {error.epoch}, batch {error.batch}: {error.culprit} is not finite"
        raise ArithmeticError(
            f"training diverged {where}; a smaller --learning-rate or --clip 1 may help"
        ) from error
    seconds = time.perf_counter() - started
    if stopped is not None:
        cause = str(stopped) or "interrupted; the best network so far is kept"
        print(f"\n{one_line(cause)}", file=sys.stderr)
    _report(run, metrics, seconds)
    more = f" --num-epochs {2 * len(run.training.history)}" if stopped is None else ""
    print(f"\nwritten to {folder}; to go on: python -m gru_lib train --resume {folder}{more}")
    return 0 if stopped is None else 1 if isinstance(stopped, TrainingDiverged) else INTERRUPTED


def _report(run, metrics, seconds):
    """Print what a run was given, and what it found."""
    history, last = run.training.history, run.series.index[run.rows - 1].date()
    held_out = f", the last {run.rows - run.fitted} of them for validation"
    lowest = "training" if run.fitted == run.rows else "validation"
    print(f"{run.options['data_file']}, {run.series.name}: {len(run.series)} rows,", end=" ")
    print(f"the first {run.rows} (to {last}) to train on{held_out * (run.rows > run.fitted)}")
    print(f"{len(history)} epochs done in all, {seconds:.1f} s now;", end=" ")
    print(f"kept: epoch {history.best_epoch}, which has the lowest {lowest} loss\n")
    table = {"network": metrics, "persistence": metrics["persistence"]}
    parts = {name: [scores[part] for part in ("train", "test")] for name, scores in table.items()}
    _print_scores(parts, run.forecaster)


def _inside(folder, train):
    """Make the folder, train in it, and take it away again if nothing came of it."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return train(folder)
    finally:
        for path in new:
            with contextlib.suppress(OSError):  # what is not empty stays
                path.rmdir()


def _evaluate(options):
    from .evaluation import evaluate, load

    forecaster, series, rows = load(options.model, options.data_file)
    table = evaluate(forecaster, series.to_numpy(), rows)
    print(f"{series.name}: {len(series)} rows, the first {rows} up to the end of training\n")
    _print_scores(table, forecaster)
    return 0


def _predict(options):
    import pandas as pd

    from .evaluation import load
    from .storage import whole

    forecaster, series, _ = load(options.model, options.data_file)
    forecast = forecaster.run_on(series.to_numpy(), options.steps)
    steps = range(1, len(forecast) + 1)
    table = pd.DataFrame({"step": steps, series.name: [f"{value:.6g}" for value in forecast]})
    text = table.to_csv(index=False, lineterminator="\n")
    if options.out is None:
        print(text, end="")
    else:
        with whole(options.out) as path:
            path.write_text(text, "utf-8", newline="")
    return 0


def _print_scores(table, forecaster):
    """Print scores by forecast; the first of each pair is of the training part."""
    names = ("mse", "rmse", "mae")
    print(f"{'':12}{'training part':^33}{'test part':^33}")
    print(f"{'':12}" + 2 * "".join(f"{name:>11}" for name in names))
    for label, parts in table.items():
        numbers = (
            f"{part[name]:11.4g}" if part else f"{'-':>11}" for part in parts for name in names
        )
        print(f"{label:12}" + "".join(numbers))
    print(f"mse in units of the training part's variance ({forecaster.unit:.4g} squared);", end=" ")
    print("rmse and mae in the units of the data")


COMMANDS = {"train": _train, "evaluate": _evaluate, "predict": _predict}


def main(arguments=None):
    """Run one command; return the exit status."""
    options = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a column's name may hold any letter
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numbers that are not finite end in an error below
            status = COMMANDS[options.command](options)
        print(end="", flush=True)
        return status
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ArithmeticError, MemoryError, OSError, ValueError) as error:
        print(f"python -m gru_lib: {one_line(error)}", file=sys.stderr)
        return 2
