"""Answers to the exercises of chapter 6."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
from catalogue import right, wrong


@right("persistence")
def day_by_day(p, n):
    """A list of forecasts, and sums by hand."""
    forecast = [p[t - 1] for t in range(n, len(p))]
    mean = sum(p[:n]) / n
    s2 = sum((q - mean) ** 2 for q in p[:n]) / n
    errors = [(f - q) ** 2 for f, q in zip(forecast, p[n:], strict=True)]
    return forecast, sum(errors) / len(errors) / s2


@right("persistence")
def with_diff(p, n):
    """The errors of persistence are the daily steps."""
    steps = np.diff(p)[n - 1 :]
    return np.array(p[n:]) - steps, np.mean((steps / np.std(p[:n])) ** 2)


@right("persistence")
def by_shifting_a_series(p, n):
    """pandas moves the prices by one day."""
    series = pd.Series(p)
    forecast = series.shift(1).iloc[n:]
    mse = ((forecast - series.iloc[n:]) ** 2).mean() / series.iloc[:n].var(ddof=0)
    return forecast.to_numpy(), float(mse)


@wrong("persistence", "variance of the changes")
def unit_of_a_day_s_step(p, n):
    """The unit is the variance of the training part's daily steps."""
    error = np.diff(p)
    return p[n - 1 : -1], np.mean(error[n - 1 :] ** 2) / np.var(error[: n - 1])


@wrong("persistence", "scaler fitted on everything")
def standardised_first(p, n):
    """Standardises the whole series before anything else."""
    scaled = (p - p.mean()) / p.std()
    return p[n - 1 : -1], np.mean(np.diff(scaled)[n - 1 :] ** 2)


@wrong("persistence", "unit forgotten")
def in_dollars(p, n):
    """The mean squared error in squared dollars."""
    forecast = p[n - 1 : -1]
    return forecast, np.mean((forecast - p[n:]) ** 2)


@wrong("persistence", "root taken")
def rmse_in_units(p, n):
    """The root mean squared error over the standard deviation."""
    error = p[n:] - p[n - 1 : -1]
    return p[n - 1 : -1], math.sqrt(np.mean(error**2)) / p[:n].std()


@wrong("persistence", "training part predicted")
def first_part(p, n):
    """Takes the training part for the one to be predicted."""
    train = p[:n]
    forecast = train[:-1]
    return forecast, np.mean((train[1:] - forecast) ** 2) / train.var()


@right("leak_free_scaler")
def column_by_column(x, n):
    """One column after the other, in place in a copy."""
    scaled = np.array(x, dtype=float)
    for j in range(scaled.shape[1]):
        column = scaled[:n, j].copy()
        mean = column.sum() / n
        std = math.sqrt(((column - mean) ** 2).sum() / n)
        scaled[:, j] = (scaled[:, j] - mean) / std
    return scaled[:n], scaled[n:]


@right("leak_free_scaler")
def by_the_mean_of_squares(x, n):
    """The variance as the mean square minus the squared mean."""
    train, test = np.split(np.asarray(x), [n])
    mean = np.mean(train, 0)
    std = np.sqrt(np.mean(train**2, 0) - mean**2)
    return (train - mean) / std, (test - mean) / std


@wrong("leak_free_scaler", "scaler fitted on everything")
def scales_then_cuts(x, n):
    """Scales the whole table and cuts it afterwards."""
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    return scaled[:n], scaled[n:]


@wrong("leak_free_scaler", "each part by itself")
def twice_the_same_function(x, n):
    """Scales each part by its own two numbers."""

    def scale(part):
        return (part - part.mean(axis=0)) / part.std(axis=0)

    return scale(x[:n]), scale(x[n:])


@wrong("leak_free_scaler", "standard deviation of the wrong kind")
def data_frame(x, n):
    """pandas' standard deviation, over n - 1."""
    frame = pd.DataFrame(x)
    train = frame.iloc[:n]
    scaled = (frame - train.mean()) / train.std()
    return scaled.to_numpy()[:n], scaled.to_numpy()[n:]


@wrong("leak_free_scaler", "one scale for all columns")
def without_an_axis(x, n):
    """Forgets the axis: one mean and one standard deviation for the table."""
    m, s = np.mean(x[:n]), np.std(x[:n])
    return (x[:n] - m) / s, (x[n:] - m) / s


@wrong("leak_free_scaler", "variance for standard deviation")
def over_the_variance(x, n):
    """Divides by the variance."""
    train = x[:n]
    m, v = train.mean(axis=0), ((train - train.mean(axis=0)) ** 2).mean(axis=0)
    return (train - m) / v, (x[n:] - m) / v


@wrong("leak_free_scaler", "input changed in place")
def writes_into_the_table(x, n):
    """Scales the caller's own table."""
    mean, std = x[:n].mean(axis=0), x[:n].std(axis=0)
    x -= mean
    x /= std
    return x[:n], x[n:]


@wrong("leak_free_scaler", "brackets missing")
def division_first(x, n):
    """A division binds more closely than a difference."""
    mu, s = x[:n].mean(axis=0), x[:n].std(axis=0)
    return x[:n] - mu / s, x[n:] - mu / s


@right("log_returns")
def logarithm_of_the_ratio(p, r_hat):
    """The logarithm of a quotient."""
    p = np.asarray(p)
    return np.log(p[1:] / p[:-1]), np.exp(np.log(p[:-1]) + r_hat)


@right("log_returns")
def with_a_loop(p, r_hat):
    """Day by day, in lists."""
    r, p_hat = [], []
    for t in range(1, len(p)):
        r.append(math.log(p[t]) - math.log(p[t - 1]))
        p_hat.append(p[t - 1] * math.exp(r_hat[t - 1]))
    return r, p_hat


@wrong("log_returns", "relative change for log return")
def percentages(p, r_hat):
    """Relative changes."""
    r = pd.Series(p).pct_change().to_numpy()[1:]
    return r, p[:-1] * np.exp(r_hat)


@wrong("log_returns", "cumulated from the first price")
def path_of_its_own(p, r_hat):
    """Each forecast starts from the forecast of the day before."""
    price, p_hat = p[0], []
    for step in r_hat:
        price = price * np.exp(step)
        p_hat.append(price)
    return np.diff(np.log(p)), np.array(p_hat)


@wrong("log_returns", "today for tomorrow")
def from_the_same_day(p, r_hat):
    """Starts from the price of the day that is to be predicted."""
    return np.log(p[1:]) - np.log(p[:-1]), p[1:] * np.exp(r_hat)


@wrong("log_returns", "sign")
def earlier_minus_later(p, r_hat):
    """The difference the wrong way round."""
    logs = np.log(p)
    return logs[:-1] - logs[1:], p[:-1] * np.exp(r_hat)


@wrong("log_returns", "1 + r for the exponential", "relative change for log return")
def relative_both_ways(p, r_hat):
    """Relative changes, and back by 1 + r: consistent, and not log returns."""
    return p[1:] / p[:-1] - 1, p[:-1] * (1 + r_hat)


@wrong("log_returns", "log of base 10")
def base_ten(p, r_hat):
    """The common logarithm."""
    return np.diff(np.log10(p)), p[:-1] * np.exp(r_hat)


@wrong("log_returns", "logarithm of the relative change")
def one_forgotten(p, r_hat):
    """The logarithm of a change that may be negative."""
    change = pd.Series(p).pct_change().to_numpy()[1:]
    return np.log(change), p[:-1] * np.exp(r_hat)


@right("skill")
def with_nanmean(forecast, p, n):
    """NaN stays where there is no forecast, and is left out of both means."""
    truth, before = p[n:], p[n - 1 : -1]
    own = (forecast[n:] - truth) ** 2
    rival = np.where(np.isnan(own), np.nan, (before - truth) ** 2)
    return 1 - np.nanmean(own) / np.nanmean(rival)


@right("skill")
def by_day_numbers(forecast, p, n):
    """A list of days that count."""
    days = [t for t in range(n, len(p)) if forecast[t] == forecast[t]]
    own = sum((p[t] - forecast[t]) ** 2 for t in days)
    rival = sum((p[t] - p[t - 1]) ** 2 for t in days)
    return np.array([1 - own / rival])[0]


@wrong("skill", "other days for the baseline")
def nanmean_on_one_side(forecast, p, n):
    """Leaves days out of one mean only."""
    own = np.nanmean((forecast[n:] - p[n:]) ** 2)
    rival = np.mean(np.diff(p)[n - 1 :] ** 2)
    return 1 - own / rival


@wrong("skill", "against the mean")
def r_squared(forecast, p, n):
    """R² on the test days."""
    keep = np.isfinite(forecast[n:])
    y, f = p[n:][keep], forecast[n:][keep]
    return 1 - np.sum((y - f) ** 2) / np.sum((y - y.mean()) ** 2)


@wrong("skill", "1 - forgotten")
def ratio_of_errors(forecast, p, n):
    """The chapter's ratio."""
    keep = ~np.isnan(forecast[n:])
    own = (p[n:] - forecast[n:])[keep]
    rival = (p[n:] - p[n - 1 : -1])[keep]
    return (own @ own) / (rival @ rival)


@wrong("skill", "last scored day for the day before")
def compressed_first(forecast, p, n):
    """Takes the days without a forecast out before the step is made."""
    keep = ~np.isnan(forecast[n:])
    y, f = p[n:][keep], forecast[n:][keep]
    before = np.concatenate([[p[n - 1]], y[:-1]])
    return 1 - np.mean((f - y) ** 2) / np.mean((before - y) ** 2)


@wrong("skill", "averaged over all steps")
def divided_by_the_test_days(forecast, p, n):
    """Adds up what there is, and divides by all days of the test part."""
    errors = np.nan_to_num(forecast[n:] - p[n:]) ** 2
    keep = ~np.isnan(forecast[n:])
    rival = (p[n:] - p[n - 1 : -1])[keep] ** 2
    return 1 - errors.mean() / rival.mean()


@wrong("skill", "missing days not left out")
def nan_everywhere(forecast, p, n):
    """Does not leave any day out."""
    own = np.mean((forecast[n:] - p[n:]) ** 2)
    return 1 - own / np.mean((p[n - 1 : -1] - p[n:]) ** 2)


@wrong("skill", "days taken out before the cut and the step")
def filters_then_cuts(forecast, p, n):
    """Takes out the days without a forecast, and then everything before place n."""
    frame = pd.DataFrame({"f": forecast, "p": p}).dropna()
    frame["before"] = frame.p.shift(1)
    test = frame.iloc[n:]
    return 1 - ((test.f - test.p) ** 2).mean() / ((test.before - test.p) ** 2).mean()


@right("border_windows")
def two_loops(p, n, length, ahead):
    """One loop per part, over the days of the targets."""

    def part(days):
        x = [p[t - ahead - length + 1 : t - ahead + 1] for t in days]
        return np.array(x), np.array([p[t] for t in days])

    x_train, y_train = part(range(length + ahead - 1, n))
    x_test, y_test = part(range(n, len(p)))
    return x_train, y_train, x_test, y_test


@right("border_windows")
def by_indices_and_a_mask(p, n, length, ahead):
    """A table of days, and a mask that says which targets are early."""
    p = np.asarray(p)
    start = np.arange(len(p) - length - ahead + 1)
    target = start + length + ahead - 1
    x = p[start[:, None] + np.arange(length)]
    early = target < n
    return x[early], p[target[early]], x[~early], p[target[~early]]


@wrong("border_windows", "cut at window n")
def cuts_rows_at_n(p, n, length, ahead):
    """Makes all windows and takes the first n of them."""
    x, y = [], []
    for i in range(len(p) - length - ahead + 1):
        x.append(p[i : i + length])
        y.append(p[i + length + ahead - 1])
    x, y = np.array(x), np.array(y)
    return x[:n], y[:n], x[n:], y[n:]


@wrong("border_windows", "windows of each part by itself")
def parts_first(p, n, length, ahead):
    """Cuts the prices, then makes windows of either part."""

    def cut(q):
        x = np.lib.stride_tricks.sliding_window_view(q, length)
        y = q[length - 1 + ahead :]
        return x[: len(y)], y

    return (*cut(p[:n]), *cut(p[n:]))


@wrong("border_windows", "cut for the next day")
def chapter_s_cut(p, n, length, ahead):
    """Keeps the chapter's n - length training windows, whatever `ahead` is."""
    count = len(p) - length - ahead + 1
    x = np.stack([p[i : i + length] for i in range(count)])
    y = p[-count:]
    return x[: n - length], y[: n - length], x[n - length :], y[n - length :]


@wrong("border_windows", "one day too far")
def one_further(p, n, length, ahead):
    """Counts `ahead` from the day after the window."""
    total = len(p) - length - ahead
    x = np.array([p[i : i + length] for i in range(total)])
    y = np.array([p[i + length + ahead] for i in range(total)])
    k = sum(i + length + ahead < n for i in range(total))
    return x[:k], y[:k], x[k:], y[k:]


@wrong("border_windows", "cut by the window's last day")
def sorted_by_the_window(p, n, length, ahead):
    """A window whose own prices are in the training part is a training window."""
    train, test = ([], []), ([], [])
    for i in range(len(p) - length - ahead + 1):
        x, y = train if i + length <= n else test
        x.append(p[i : i + length])
        y.append(p[i + length - 1 + ahead])
    return tuple(np.array(a) for a in (*train, *test))


@wrong("border_windows", "ahead ignored")
def next_price(p, n, length, ahead):
    """Always the price right after the window."""
    x = np.array([p[i : i + length] for i in range(len(p) - length)])
    y = p[length:]
    k = n - length
    return x[:k], y[:k], x[k:], y[k:]


@wrong("border_windows", "test windows that end before the cut left out")
def gap_between_the_parts(p, n, length, ahead):
    """A window that ends before the cut and has its target after it goes nowhere."""
    train, test = ([], []), ([], [])
    for last in range(length - 1, len(p) - ahead):
        if last >= n:
            part = test
        elif last + ahead < n:
            part = train
        else:
            continue
        part[0].append(p[last - length + 1 : last + 1])
        part[1].append(p[last + ahead])
    (x_train, y_train), (x_test, y_test) = train, test
    x_test = np.array(x_test).reshape(-1, length)
    return np.array(x_train), np.array(y_train), x_test, np.array(y_test)


@right("walk_forward")
def with_lists(p, n, block, fit):
    """Blocks as slices of day numbers; sums are kept along."""
    forecast, ratios, own, rival = [], [], 0.0, 0.0
    days = list(range(n, len(p)))
    while days:
        here, days = days[:block], days[block:]
        model = fit(p[: here[0]])
        guesses = [model(p[:t]) for t in here]
        a = sum((g - p[t]) ** 2 for g, t in zip(guesses, here, strict=True))
        b = sum((p[t - 1] - p[t]) ** 2 for t in here)
        forecast += guesses
        ratios.append(a / b)
        own, rival = own + a, rival + b
    return forecast, ratios, own / rival


@right("walk_forward")
def new_model_when_the_block_begins(p, n, block, fit):
    """One loop over the days, with a new model whenever a block begins."""
    forecast = np.empty(len(p) - n)
    for k in range(len(p) - n):
        if k % block == 0:
            model = fit(np.array(p[: n + k]))
        forecast[k] = model(np.array(p[: n + k]))
    own, rival = (forecast - p[n:]) ** 2, np.diff(p)[n - 1 :] ** 2
    edges = np.arange(0, len(own), block)
    ratios = np.add.reduceat(own, edges) / np.add.reduceat(rival, edges)
    return {"forecast": forecast, "ratios": ratios, "overall": own.sum() / rival.sum()}


@wrong("walk_forward", "trained on the block as well")
def trains_to_the_end_of_the_block(p, n, block, fit):
    """The training ends where the block ends."""
    forecast = []
    for start in range(n, len(p), block):
        stop = min(start + block, len(p))
        model = fit(p[:stop])
        forecast += [model(p[:t]) for t in range(start, stop)]
    return _scored(p, n, block, np.array(forecast))


@wrong("walk_forward", "past cut short")
def shows_a_few_prices(p, n, block, fit):
    """Shows the last prices only, as the network of the chapter sees them."""
    forecast = []
    for start in range(n, len(p), block):
        model = fit(p[:start])
        stop = min(start + block, len(p))
        forecast += [model(p[max(t - 5, 0) : t]) for t in range(start, stop)]
    return _scored(p, n, block, np.array(forecast))


@wrong("walk_forward", "past cut short")
def begins_with_the_block(p, n, block, fit):
    """Shows what has become known since the block began."""
    forecast = []
    for start in range(n, len(p), block):
        model = fit(p[:start])
        stop = min(start + block, len(p))
        forecast += [model(p[start - 1 : t]) for t in range(start, stop)]
    return _scored(p, n, block, np.array(forecast))


@wrong("walk_forward", "number of blocks for their length")
def so_many_blocks(p, n, block, fit):
    """Cuts the test part into `block` blocks, as the chapter cuts it into four."""
    forecast, ratios = np.zeros(len(p) - n), []
    edges = np.linspace(n, len(p), block + 1).astype(int)
    for start, stop in pairwise(edges):
        model = fit(p[:start])
        forecast[start - n : stop - n] = [model(p[:t]) for t in range(start, stop)]
        own = forecast[start - n : stop - n] - p[start:stop]
        rival = p[start - 1 : stop - 1] - p[start:stop]
        ratios.append(np.mean(own**2) / np.mean(rival**2))
    *_, overall = _scored(p, n, block, forecast)
    return forecast, np.array(ratios), overall


@wrong("walk_forward", "mean of the ratios")
def averages_the_blocks(p, n, block, fit):
    """The overall score as the mean of those of the blocks."""
    forecast = np.zeros(len(p) - n)
    for start in range(n, len(p), block):
        model = fit(p[:start])
        for t in range(start, min(start + block, len(p))):
            forecast[t - n] = model(p[:t])
    forecast, ratios, _ = _scored(p, n, block, forecast)
    return forecast, ratios, np.mean(ratios)


@wrong("walk_forward", "not moved on within the block")
def one_forecast_per_block(p, n, block, fit):
    """Predicts all days of a block from its first morning."""
    forecast = np.zeros(len(p) - n)
    for k in range(0, len(forecast), block):
        known = p[: n + k]
        forecast[k : k + block] = fit(known)(known)
    return _scored(p, n, block, forecast)


@wrong("walk_forward", "last block left out")
def whole_blocks_only(p, n, block, fit):
    """Counts the blocks with a division that rounds down."""
    forecast, ratios = [], []
    for k in range((len(p) - n) // block):
        start = n + k * block
        model = fit(p[:start])
        guess = np.array([model(p[:t]) for t in range(start, start + block)])
        truth, last = p[start : start + block], p[start - 1 : start + block - 1]
        forecast.extend(guess)
        ratios.append(np.mean((guess - truth) ** 2) / np.mean((last - truth) ** 2))
    end = n + len(forecast)
    own = np.mean((np.array(forecast) - p[n:end]) ** 2)
    return np.array(forecast), np.array(ratios), own / np.mean((p[n - 1 : end - 1] - p[n:end]) ** 2)


def _scored(p, n, block, forecast):
    own, rival = (forecast - p[n:]) ** 2, (p[n:] - p[n - 1 : -1]) ** 2
    starts = range(0, len(own), block)
    ratios = [own[k : k + block].mean() / rival[k : k + block].mean() for k in starts]
    return forecast, np.array(ratios), own.mean() / rival.mean()
