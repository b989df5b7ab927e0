"""A series in from a CSV file: what is right is read exactly, every fault has its one message."""

import datetime
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gru_lib.series import FOLDER, find_file, read_series

YAHOO = "Date,Open,High,Low,Close,Adj Close,Volume"
SHIPPED = ["AAPL.csv", "GOOG.csv", "IBM.csv"]
DAYS = [f"2013-03-{day:02}" for day in range(1, 32)]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A path whose file a test may write."""
    return tmp_path_factory.mktemp("series") / "prices.csv"


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def table(*rows, header="Date,Close"):
    return "\n".join([header, *rows]) + "\n"


def read(path, content, column=None):
    return read_series(write(path, content), column)


def refusal(path, content, column=None):
    """The message, without the file's name, of the error that a file gives."""
    with pytest.raises(ValueError, match=r"expected .+, got ") as caught:
        read(path, content, column)
    return checked(path, caught.value)


def checked(path, error):
    message = str(error)
    assert type(error) is ValueError
    assert message.startswith(str(path))
    assert message.splitlines() == [message]
    return message.removeprefix(str(path))


# Files that are shipped, and where a file is looked for


@pytest.mark.parametrize(
    ("name", "rows", "first_day", "first", "last", "last_close"),
    [
        ("AAPL.csv", 3270, "2000-03-01", 4.186662803811, 56.137353095488, 430.47),
        ("GOOG.csv", 2148, "2004-08-19", 50.32284179174976, 404.3431686260103, 806.19),
        ("IBM.csv", 3270, "2000-03-01", 73.667718762847, 175.27118333217, 202.91),
    ],
)
def test_shipped_files(name, rows, first_day, first, last, last_close):
    series, close = read_series(name), read_series(name, "Close")
    assert (len(series), series.name, series.dtype) == (rows, "Adj Close", np.float64)
    assert (series.iloc[0], series.iloc[-1]) == (first, last)
    assert series.index[0] == pd.Timestamp(first_day)
    assert series.index[-1] == pd.Timestamp("2013-03-01")
    assert (len(close), close.name, close.iloc[-1]) == (rows, "Close", last_close)
    lines = (FOLDER / name).read_text("utf-8").splitlines()[1:]
    np.testing.assert_array_equal(series, [float(line.split(",")[5]) for line in lines])


def test_a_bare_name_is_found_in_data_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("GOOG.csv", Path("GOOG.csv")):
        assert find_file(name).samefile(FOLDER / "GOOG.csv")


def test_a_file_at_hand_comes_before_the_one_in_data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    read(tmp_path / "GOOG.csv", table("2013-03-01,7"))
    assert find_file("GOOG.csv").samefile(tmp_path / "GOOG.csv")
    assert read_series("GOOG.csv").tolist() == [7]


def test_a_path_with_folders_is_not_looked_for_in_data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    other = Path("..") / FOLDER.name / "GOOG.csv"
    for name in (Path("sub") / "GOOG.csv", tmp_path / "GOOG.csv", other):
        with pytest.raises(ValueError, match="no such file"):
            find_file(name)


@pytest.mark.parametrize("name", ["nope.csv", "a\0b.csv", "data/nope.csv", "goog"])
def test_a_missing_file_names_those_in_data(name):
    for function in (find_file, read_series):
        with pytest.raises(ValueError, match="expected a CSV file, got no such file") as caught:
            function(name)
        assert str(caught.value).startswith(name)
        assert str(caught.value).endswith(", ".join(SHIPPED))


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(ValueError, match="expected a CSV file, got a folder") as caught:
        read_series(tmp_path)
    checked(tmp_path, caught.value)


# What is read


def test_by_hand(file):
    series = read(file, table("2013-03-01,1.5", "2013-03-04,-2e1", "2013-03-05,.25"))
    index = pd.DatetimeIndex(["2013-03-01", "2013-03-04", "2013-03-05"], name="Date")
    expected = pd.Series([1.5, -20, 0.25], index, name="Close")
    pd.testing.assert_series_equal(series, expected, check_index_type=False)


def test_which_column(file):
    row = "2013-03-01,1,2,3,4,5,6"
    yahoo = table(row, header=YAHOO)
    assert read(file, yahoo).to_dict() == {pd.Timestamp("2013-03-01"): 5}
    assert read(file, yahoo.replace("Adj Close", "Adjusted")).name == "Close"
    for value, name in enumerate(YAHOO.split(",")[1:], start=1):
        series = read(file, yahoo, name)
        assert (series.name, series.tolist()) == (name, [value])
    moved = table("6,2013-03-01,5,4", header="Volume,Date,Adj Close,Close")
    assert read(file, moved).tolist() == [5]


def test_cells_of_other_columns_may_hold_anything(file):
    rows = ["2013-03-01,1,nan", "2013-03-02,2,", '2013-03-03,3,"x, ""y"""']
    assert read(file, table(*rows, header="Date,Close,Note")).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + table("2013-03-01,1", "2013-03-02,2"),
        table("2013-03-01,1", "2013-03-02,2").replace("\n", "\r\n"),
        "\n\r\n" + table("", "2013-03-01,1", "", "", "2013-03-02,2", "", ""),
        "Date,Close\n2013-03-01,1\n2013-03-02,2",
        '"Date","Close"\n"2013-03-01","1"\n"2013-03-02"," 2 "\n',
        " Date , Close \n 2013-03-01 , 1 \n 2013-03-02 ,\t2   \n",
    ],
)
def test_marks_and_blanks_that_do_not_matter(file, content):
    series = read(file, content)
    assert series.tolist() == [1, 2]
    assert series.index.tolist() == [pd.Timestamp("2013-03-01"), pd.Timestamp("2013-03-02")]


def test_a_line_of_spaces_is_blank(file):
    assert read(file, table("2013-03-01,1", "   ", "2013-03-02,2", " ")).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "hour", "minute", "second"),
    [
        ("2013-03-01", 0, 0, 0),
        ("2013-03-01 16:30", 16, 30, 0),
        ("2013-03-01T16:30:05", 16, 30, 5),
        ("2013-03-01T16:30:05Z", 16, 30, 5),
        ("2013-03-01 16:30-05:00", 16, 30, 0),
        ("2013-03-01 16:30:05-05:00", 16, 30, 5),
        ("2013-03-01 16:30:05+0530", 16, 30, 5),
    ],
)
def test_dates_are_those_of_the_exchange(file, text, hour, minute, second):
    (date,) = read(file, table(f"{text},1")).index
    assert date == pd.Timestamp(2013, 3, 1, hour, minute, second)
    assert date.tz is None


def test_the_clock_may_change_between_two_days(file):
    rows = ["2013-03-08 00:00:00-05:00,1", "2013-03-11 00:00:00-04:00,2", "2013-03-12,3"]
    assert read(file, table(*rows)).index.strftime("%m-%d %H").tolist() == [
        "03-08 00",
        "03-11 00",
        "03-12 00",
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ("2013-03-01 16:00:00 -05:00",),
        ("2013-03-01 16:00:00-05",),
        ("20130301T160000-0500",),
        ("2013-03-01 16:00:00-05", "2013-04-01 16:00:00-04"),
        ("2013-03-01", "2013-03-02 16:00:00 -05:00"),
        ("2013-03-01T16Z", "2013-03-02"),
    ],
)
def test_offsets_in_other_forms_are_read_alike_or_refused_in_our_words(file, texts):
    path = write(file, table(*(f"{text},1" for text in texts)))
    try:
        zone, message = read_series(path).index.tz, None
    except ValueError as error:
        zone, message = None, checked(path, error)
    assert zone is None
    assert message is None or re.match(r", row \d+: expected a date", message)


# What is refused, and in what words


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\r\n\n", "Date,Close\n", "\nDate,Close"])
def test_a_file_without_rows(file, content):
    assert refusal(file, content).startswith(": expected a header and rows of numbers")


@pytest.mark.parametrize(
    ("header", "column", "message"),
    [
        ("Date,Price", None, "expected a column 'Adj Close' or 'Close', or the name of another; "),
        ("Date,close", None, "expected a column 'Adj Close' or 'Close', or the name of another; "),
        ("Date,Close", "Open", "expected one column 'Open', got none; "),
        ("Date,Close", "", "expected one column '', got none; "),
        ("Day,Close", None, "expected one column 'Date', got none; "),
        ("Date,Close,Close", None, "expected one column 'Close', got 2 of them; "),
        ("Date,Close,Date", None, "expected one column 'Date', got 2 of them; "),
        ("Date,Close,Open,Open,Open", "Open", "expected one column 'Open', got 3 of them; "),
    ],
)
def test_a_wrong_header_lists_the_columns_there_are(file, header, column, message):
    names = header.split(",")
    row = ",".join(["2013-03-01"] * len(names))
    with pytest.raises(ValueError, match="expected") as caught:
        read(file, table(row, header=header), column)
    listed = ", ".join(repr(name) for name in names)
    assert checked(file, caught.value) == f": {message}it has {listed}"


NO_NUMBERS = ["", "nan", "NaN", "inf", "-inf", "Infinity", "null", "abc", "1 2", "1_000", "0x1"]
NO_NUMBERS += ["$5", "1e400", "-1e400", "1e100", "1.2.3", "5%", "--"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number(file, text):
    message = refusal(file, table("2013-03-01,1", "", f"2013-03-02,{text}", "2013-03-03,x"))
    assert message.startswith(", row 4 (2013-03-02): expected a finite number in column 'Close'")
    assert message.endswith(f"got {text!r}")


def test_numbers_up_to_where_squares_would_overflow(file):
    rows = ["2013-03-01,9.99e99", "2013-03-02,-9.99e99", "2013-03-03,1e-320", "2013-03-04,-0"]
    assert read(file, table(*rows)).tolist() == [9.99e99, -9.99e99, 1e-320, 0]


NO_DATES = ["", "x", "nan", "NaT", "null", "2013-02-30", "2013-13-01", "01/03/2013", "Mar 1, 2013"]
NO_DATES += ["1.5", "0", "41334", "2013-03-01 25:00", "2013-03-01 16:00:61"]


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date(file, text):
    rows = ["", "2013-02-28,1", f'"{text}",2', "y,3"]
    message = refusal(file, table(*rows))
    assert message == f", row 4: expected a date such as 2013-03-01, got {text!r}"


@pytest.mark.parametrize("text", ["now", "today"])
def test_the_present_is_no_date_of_a_table(file, text):
    assert refusal(file, table(f"{text},1")).endswith(f"got {text!r}")


@pytest.mark.parametrize("text", ["2013-03-01 16:00:00-99:99", "2013-03-01 16:00+٠٥:00"])
def test_an_offset_that_is_none_is_no_date(file, text):
    assert refusal(file, table(f"{text},1")).endswith(f"got {text!r}")


@pytest.mark.parametrize("year", ["-2013", "0000"])
def test_a_year_before_the_first_is_no_date(file, year):
    assert refusal(file, table(f"{year}-03-01,1")).endswith(f"got '{year}-03-01'")


@pytest.mark.parametrize(
    ("row", "found"), [("2013-03-02", 1), ("2013-03-02,2,", 3), ("2013-03-02,1,234.5", 3), ("x", 1)]
)
def test_a_row_of_another_length(file, row, found):
    message = refusal(file, table("2013-03-01,1", row, "2013-03-03,3"))
    assert message == f", row 3: expected 2 entries, got {found}"


def test_rows_out_of_order(file):
    message = refusal(file, table("2013-03-01,1", "2013-03-03,3", "2013-03-02,2", "2013-03-01,1"))
    assert message.startswith(", row 4: expected a date after 2013-03-03")
    assert message.endswith("got 2013-03-02")
    newest_first = [f"{day},1" for day in reversed(DAYS)]
    assert refusal(file, table(*newest_first)).startswith(", row 3: expected a date after 2013-03-")


def test_a_date_twice(file):
    message = refusal(file, table("2013-03-01,1", "2013-03-02,2", "2013-03-02,3"))
    assert message.startswith(", row 4: expected a date after 2013-03-02")
    assert message.endswith("got 2013-03-02 again")


def test_a_gap_of_more_than_fourteen_steps(file):
    before = [f"{day},1" for day in DAYS[:10]]
    assert len(read(file, table(*before, "2013-03-24,1", "2013-03-25,1"))) == 12
    message = refusal(file, table(*before, "2013-03-25,1", "2013-03-26,1"))
    assert message.startswith(", row 12 (2013-03-25): expected at most 14 times the usual step")
    assert message.endswith("got a gap since 2013-03-10")


def test_the_usual_step_is_that_of_the_file(file):
    years = [f"{year}-01-01,1" for year in range(1900, 1960)]
    assert len(read(file, table(*years))) == 60
    assert len(read(file, table("2013-02-28 23:00,1", *(f"{day},1" for day in DAYS)))) == 32
    minutes = [f"2013-03-01 10:{minute:02},1" for minute in range(30)]
    assert refusal(file, table(*minutes, "2013-03-01 10:44,1")).startswith(", row 32 ")
    assert len(read(file, table(*minutes, "2013-03-01 10:43,1"))) == 31


def test_even_steps_of_decades_are_no_gap_at_any_precision(file):
    rows = ["1900-01-01T00:00:00.000000001,1", "1922-01-01,1", "1944-01-01,1"]
    assert len(read(file, table(*rows))) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"Date,Close\n2013-03-01,1\xe9\n",
        b"Date,Close,Pr\xe4mie\n2013-03-01,1,2\n",
        table("2013-03-01,1").encode("utf-16"),
        b"\x1f\x8b\x08\x00\x00",
    ],
)
def test_bytes_that_are_no_text(file, content):
    assert re.match(r"(, row \d+)?: expected UTF-8 text, got ", refusal(file, content))


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        (['2013-03-01,"1'], 2),
        (["2013-03-01,1", '2013-03-02,"1"2'], 3),
        (["2013-03-01,1", '"2013-03-02"x,1', "2013-03-03,1"], 3),
        (["2013-03-01,1", "2013-03-02," + "1" * 200_000], 3),
    ],
)
def test_broken_quotes_and_entries_without_end(file, rows, row):
    assert refusal(file, table(*rows)).startswith(f", row {row}: expected CSV, got ")


def test_null_bytes_anywhere_are_refused(file):
    good = table("2013-03-01,1,5", "2013-03-02,2,6", header="Date,Close,Volume")
    assert read(file, good).tolist() == [1, 2]
    for place in range(len(good)):
        with pytest.raises(ValueError, match="expected") as caught:
            read(file, good[:place] + "\0" + good[place:])
        checked(file, caught.value)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\u2028", "\x85"])
def test_an_entry_of_two_lines_leaves_the_message_one(file, end):
    for row in (f'"2013-03{end}-01",x', f'"2013-03{end}-01",1', f'2013-03-01,"1{end}2"'):
        refusal(file, table(row))
    with pytest.raises(ValueError, match="it has 'Date', 'Clo") as caught:
        read(file, table("2013-03-01,1", header=f'Date,"Clo{end}se"'))
    checked(file, caught.value)


# Tables by chance

OTHERS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
NUMBERS = st.floats(-9e99, 9e99) | st.integers(-(10**6), 10**6).map(float)
OFFSETS = st.sampled_from(["", "", "Z", "+00:00", "-05:00", "-0500", "+05:30", "+14:00"])


@st.composite
def dates(draw, rows):
    """Texts of dates in order, and what they mean; no step is over 14 times another."""
    unit = draw(st.sampled_from(["days", "hours", "minutes", "seconds"]))
    limits = datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1)
    day = draw(st.datetimes(*limits)).replace(microsecond=0)
    timed = unit != "days"
    day = day if timed else day.replace(hour=0, minute=0, second=0)
    texts, meant = [], []
    for _ in range(rows):
        text = day.date().isoformat()
        if timed or draw(st.booleans()):
            text += draw(st.sampled_from([" ", "T"])) + day.time().isoformat() + draw(OFFSETS)
        texts.append(text)
        meant.append(day)
        day += datetime.timedelta(**{unit: draw(st.integers(1, 14))})
    return texts, meant


def quoted(cell, always):
    if not always and not set(cell) & set(',"\r\n'):
        return cell
    return '"' + cell.replace('"', '""') + '"'


@st.composite
def good_tables(draw):
    """Bytes of a table that has nothing wrong with it, the column, its dates and values."""
    rows = draw(st.integers(1, 8))
    texts, meant = draw(dates(rows))
    more = draw(st.permutations(["Open", "Close", "Adj Close", "Volume", "a, b", 'an "x"', "é"]))
    header = draw(st.permutations(["Date", *more[: draw(st.integers(1, 5))]]))
    prices = [name for name in ("Adj Close", "Close") if name in header]
    named = draw(st.sampled_from([name for name in header if name != "Date"]))
    column = named if not prices else draw(st.sampled_from([None, named]))
    chosen = prices[0] if column is None else column
    values = draw(st.lists(NUMBERS, min_size=rows, max_size=rows))
    lines = [header]
    for text, value in zip(texts, values, strict=True):
        written = draw(st.sampled_from([repr, "{:.17e}".format, "{!r}  ".format]))(value)
        known = {"Date": text, chosen: written}
        lines.append([known[name] if name in known else draw(OTHERS) for name in header])
    end, always = draw(st.sampled_from(["\n", "\r\n"])), draw(st.booleans())
    content = draw(st.sampled_from(["", "\ufeff"]))
    for line in lines:
        content += ",".join(quoted(cell, always) for cell in line) + end
        content += end * draw(st.integers(0, 1))
    if draw(st.booleans()):
        content = content.rstrip("\r\n")
    return content.encode(), column, chosen, meant, values


@settings(max_examples=150)
@given(drawn=good_tables())
def test_a_good_table_is_read_back_exactly(file, drawn):
    content, column, chosen, meant, values = drawn
    series = read(file, content, column)
    assert series.name == chosen
    assert series.dtype == np.float64
    assert series.index.tz is None
    assert series.index.to_pydatetime().tolist() == meant
    np.testing.assert_array_equal(series.to_numpy(), values, strict=True)


NUMBER_ROW = r"expected a finite number in column 'Close', got "
DATE_ROW = r"expected a date such as 2013-03-01, got "


def corrupt(kind, lines, i, data):
    """Spoil row i (the first after the header is 1); return the message's row and its words."""
    date, value, volume = lines[i].split(",")
    if kind == "number":
        text = data.draw(st.sampled_from(NO_NUMBERS))
        lines[i] = f"{date},{text},{volume}"
        return i, re.escape(f" ({date}): ") + NUMBER_ROW + re.escape(repr(text))
    if kind == "date":
        text = data.draw(st.sampled_from([text for text in NO_DATES if "," not in text]))
        lines[i] = f"{text},{value},{volume}"
        return i, ": " + DATE_ROW + re.escape(repr(text))
    if kind == "short":
        lines[i] = f"{date},{value}"
        return i, ": expected 3 entries, got 2"
    if kind == "long":
        lines[i] += ","
        return i, ": expected 3 entries, got 4"
    if kind == "quote":
        lines[i] = f'{date},"{value}"0,{volume}'
        return i, ": expected CSV, got "
    if kind == "swap":
        i = min(i, len(lines) - 2)
        lines[i], lines[i + 1] = lines[i + 1], lines[i]
        return i + 1, ": expected a date after "
    if kind == "twice":
        lines.insert(i, lines[i])
        return i + 1, f": expected a date after {date}, .*, got {date} again"
    i = max(i, 2)  # a gap
    del lines[1 : i - 1]
    lines[1:2] = [f"2012-12-{day},1,1" for day in range(10, 20)]
    return 11, r" \(2013-03-\d\d\): expected at most 14 times the usual step"


@settings(max_examples=150)
@given(
    kind=st.sampled_from(["number", "date", "short", "long", "quote", "swap", "twice", "gap"]),
    data=st.data(),
    count=st.integers(3, 20),
)
def test_one_fault_is_found_in_its_row(file, kind, data, count):
    numbers = data.draw(st.lists(NUMBERS, min_size=count, max_size=count))
    lines = ["Date,Close,Volume"]
    lines += [f"{day},{x!r},5" for day, x in zip(DAYS[:count], numbers, strict=True)]
    place, words = corrupt(kind, lines, data.draw(st.integers(1, count)), data)
    blanks = [data.draw(st.integers(0, 1)) for _ in lines]
    row = place + sum(blanks[: place + 1]) + 1
    content = "\n".join("\n" * blank + line for blank, line in zip(blanks, lines, strict=True))
    assert re.fullmatch(f", row {row}{words}.*", refusal(file, content))


def read_or_refuse(path, content, column=None):
    """Read a file of anything: a sound series, or a message about this file."""
    write(path, content)
    try:
        series = read_series(path, column)
    except ValueError as error:
        checked(path, error)
        return None
    assert len(series) > 0
    assert series.dtype == np.float64
    assert np.isfinite(series).all()
    assert series.index.tz is None
    assert not series.index.hasnans
    assert series.index.is_monotonic_increasing
    assert series.index.is_unique
    return series


STARTS = [b"", b"Date,Close\n", b"\xef\xbb\xbfDate,Close\r\n2013-03-01,", b'"Date","Close"\n"']


@settings(max_examples=200)
@given(start=st.sampled_from(STARTS), content=st.binary(max_size=60))
def test_random_bytes(file, start, content):
    read_or_refuse(file, start + content)


@settings(max_examples=200)
@given(
    start=st.sampled_from(STARTS),
    content=st.text(st.characters(codec="utf-8"), max_size=40),
    column=st.none() | st.text(max_size=3),
)
@example(STARTS[1], "2013-03-01T16Z,1\n2013-03-02,2", None)
@example(STARTS[1], '"2013-03\n-01",x', None)
def test_random_text(file, start, content, column):
    read_or_refuse(file, start + content.encode(), column)


DATE_PIECES = ["2013-03-01", "2013-03-02", "2013-03-04", "1999-12-31", "9999-12-31", "0001-01-01"]
DATE_PIECES += ["2013-03-01 16:00:00-05:00", "2013-03-02T16:00Z", "2013-03-03 16:00:00.123456789"]
DATE_PIECES += [
    "2013-03-01 16:00-05",
    "2013-03-02 16:00:00 +01:00",
    "20130301",
    "2013",
    "٢٠١٣-03-01",
]
NUMBER_PIECES = ["1", "-2.5", "3e5", "1e-320", "٣", "１", "½", "9" * 140_000, "9" * 5_000]
MARKS = [",", "\n", '"', '""', "\r\n", "\r", "\n\n", ";", " ", "\t", "\0", "\ufeff", "\u2028", "\\"]
PIECES = [*DATE_PIECES, *NO_DATES, *NUMBER_PIECES, *NO_NUMBERS, *MARKS, "Date", "Close"]


@settings(max_examples=200)
@given(pieces=st.lists(st.sampled_from([*PIECES, *MARKS, ",", "\n"]), max_size=20))
def test_random_pieces(file, pieces):
    for start in ("", "Date,Close\n"):
        read_or_refuse(file, start + "".join(pieces))


@settings(max_examples=200)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from([*DATE_PIECES, *DATE_PIECES, *DAYS, *NO_DATES]),
            st.sampled_from([*NUMBER_PIECES, *NUMBER_PIECES[:3] * 5, *NO_NUMBERS]),
        ),
        max_size=4,
    )
)
@example([("2013-03-01", "1"), ("2013-03-02 16:00:00 +01:00", "2")])
def test_random_rows(file, rows):
    series = read_or_refuse(file, table(*(f"{date},{number}" for date, number in rows)))
    if series is not None:
        assert len(series) == len(rows)
        assert series.tolist() == [float(number) for _, number in rows]
