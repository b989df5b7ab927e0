"""A series in from a CSV file: one column of numbers, with a date in every row."""

import csv
import io
import math
import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parents[1] / "data"
PRICES = ("Adj Close", "Close")  # the first that a file has is read, unless a column is named
LARGEST = 1e100  # squares of larger numbers would overflow
GAP = 14  # times the usual step between two dates: a longer one is taken for missing rows
TIME = r"\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?"
OFFSET = r"Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?"  # left out: the time is that of the place
DATE = re.compile(rf"(\d{{4}}-\d\d-\d\d)(?:[T ]({TIME}) ?(?:{OFFSET})?)?", re.ASCII)


def find_file(name):
    """Return the path of a file; a bare name is also looked for in the book's `data/`.

    Raises:
        ValueError: there is no such file.

    """
    try:
        for path in (Path(name), FOLDER / name):
            if path.is_file() and (path == Path(name) or Path(name).name == str(name)):
                return path
    except ValueError:  # a null byte in the name
        pass
    kind = "a folder" if Path(name).is_dir() else "no such file"
    others = {"names.csv"}  # tables that are no series
    there = ", ".join(sorted({path.name for path in FOLDER.glob("*.csv")} - others))
    hint = f"; in data/ there are: {there}" if there else ""
    raise ValueError(f"{name}: expected a CSV file, got {kind}{hint}")


def read_series(path, column=None, positive=False):
    """Read one column of a CSV file with a header, a column `Date`, and the oldest row first.

    A file of daily prices as Yahoo Finance offers it will do.

    Args:
        path: the file, UTF-8; a bare name is also looked for in `data/`.
        column: its name; by default `Adj Close` or, where there is none, `Close`.
        positive: refuse zero and negative numbers, of which there is no logarithm.

    Returns:
        A `pd.Series` of float64, indexed by date and named after the column.

    Raises:
        ValueError: the file is missing or not a table; a column is missing; a date or a number
            cannot be read, is not finite, or lies out of order; a gap in the dates. The message
            names the file, the row (the header is row 1) and what was expected.
        OSError: the file cannot be read.

    """
    header, rows = _read_rows(path)
    column = _choose(path, header, column)
    width, place, date_place = len(header), header.index(column), header.index("Date")
    numbers, texts, dates, values = [], [], [], []
    for number, row in rows:
        where = f"{path}, row {number}"
        if len(row) != width:
            raise ValueError(f"{where}: expected {width} entries, got {len(row)}")
        text = row[date_place]
        dates.append(_date(where, text))
        values.append(_number(f"{where} ({text})", column, row[place], positive))
        numbers.append(number)
        texts.append(text)
    index = pd.DatetimeIndex(np.array(dates, "datetime64[us]"), name="Date")
    _require_order(path, numbers, texts, np.diff(index.to_numpy()))
    return pd.Series(values, index, dtype=np.float64, name=column)


def _read_rows(path):
    """Return the header, and a list of (row number, entries) without empty rows."""
    try:
        text = find_file(path).read_bytes().decode("utf-8-sig")
        if "\0" in text:
            raise ValueError(f"{path}: expected UTF-8 text, got a null byte")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        table = [(reader.line_num, [entry.strip() for entry in row]) for row in reader]
        table = [(number, row) for number, row in table if any(row)]
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: expected UTF-8 text, got other bytes at {error.start}") from None
    except csv.Error as error:
        raise ValueError(f"{path}, row {reader.line_num}: expected CSV, got {error}") from None
    if len(table) < 2:
        raise ValueError(f"{path}: expected a header and rows of numbers, got {len(table)} rows")
    return table[0][1], table[1:]


def _choose(path, header, column):
    present = ", ".join(repr(name) for name in header)
    if column is None:
        column = next((name for name in PRICES if name in header), None)
        if column is None:
            raise ValueError(
                f"{path}: expected a column 'Adj Close' or 'Close', or the name of another; "
                f"it has {present}"
            )
    for name in (column, "Date"):
        if header.count(name) != 1:
            found = f"{header.count(name)} of them" if name in header else "none"
            raise ValueError(f"{path}: expected one column {name!r}, got {found}; it has {present}")
    return column


def _number(where, column, text, positive):
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if "_" in text or not abs(value) < LARGEST:  # NaN is not smaller either
        raise ValueError(
            f"{where}: expected a finite number in column {column!r}, got {text[:40]!r}"
        )
    if positive and value <= 0:
        raise ValueError(f"{where}: expected a number above 0 for the logarithm, got {text}")
    return value


def _require_order(path, numbers, texts, steps):
    """Raise ValueError unless the oldest date comes first, without repetition or gap."""
    for i in np.flatnonzero(steps <= np.timedelta64(0))[:1]:
        same = " again" if steps[i] == np.timedelta64(0) else ""
        raise ValueError(
            f"{path}, row {numbers[i + 1]}: expected a date after {texts[i]}, since the oldest row "
            f"comes first, got {texts[i + 1]}{same}"
        )
    usual = np.median(steps) if len(steps) else np.timedelta64(1, "D")
    for i in np.flatnonzero(steps > GAP * usual)[:1]:
        raise ValueError(
            f"{path}, row {numbers[i + 1]} ({texts[i + 1]}): expected at most {GAP} times the usual"
            f" step between dates, got a gap since {texts[i]}"
        )


def _date(where, text):
    found = DATE.fullmatch(text)
    try:
        return datetime.fromisoformat("T".join(filter(None, found.groups())))
    except (AttributeError, ValueError):  # another form, or a day that no calendar has
        message = f"{where}: expected a date such as 2013-03-01, got {text[:40]!r}"
        raise ValueError(message) from None
