"""Answers to the exercises of chapter 6, written from their text alone."""

from itertools import pairwise

import numpy as np
import pandas as pd
from catalogue import right, wrong

# --- Exercise 1: persistence --------------------------------------------------------------


@right("persistence")
def persistence_day_by_day(p, n):
    """A loop over the test days and a variance by hand."""
    forecast = np.array([p[t - 1] for t in range(n, len(p))], dtype=float)
    mean = sum(p[:n]) / n
    variance = sum((price - mean) ** 2 for price in p[:n]) / n
    squares = [(p[t - 1] - p[t]) ** 2 for t in range(n, len(p))]
    return forecast, sum(squares) / len(squares) / variance


@right("persistence")
def persistence_from_differences(p, n):
    """The errors are differences of neighbours."""
    errors = np.diff(p[n - 1 :])
    return p[n - 1 : -1].copy(), np.mean(errors**2) / np.std(p[:n]) ** 2


@wrong("persistence", "the last price first")
def persistence_rolls_test_part(p, n):
    """np.roll of the test part alone: the first test day is predicted by the last price."""
    test = p[n:]
    forecast = np.roll(test, 1)
    mse = np.mean((forecast - test) ** 2) / np.var(p[:n])
    return forecast, mse


@wrong("persistence", "scaler fitted on everything")
def persistence_whole_variance(p, n):
    """The unit is np.var(p) instead of np.var(p[:n])."""
    prev, true = p[n - 1 : len(p) - 1], p[n:]
    return prev.copy(), ((prev - true) ** 2).mean() / p.var()


@wrong("persistence", "variance of the wrong kind")
def persistence_sample_variance(p, n):
    """The var of pandas divides by n - 1 where n is asked for."""
    s = pd.Series(p)
    forecast = s.shift(1).iloc[n:].to_numpy()
    mse = np.mean((forecast - p[n:]) ** 2) / s.iloc[:n].var()
    return forecast, mse


@wrong("persistence", "the last training price held")
def persistence_frozen_at_cut(p, n):
    """Each test day is predicted by p[n - 1]; known is the price of the day before."""
    forecast = np.full(len(p) - n, p[n - 1], dtype=float)
    return forecast, np.mean(np.square(forecast - p[n:])) / np.var(p[:n])


@wrong("persistence", "first test day left out", "divided by the standard deviation")
def persistence_short_and_std(p, n):
    """Two mistakes: forecasts begin with day n + 1, and the unit is s in place of s squared."""
    test = p[n:]
    y_hat = test[:-1].copy()
    y = test[1:]
    mse = np.mean((y_hat - y) ** 2) / np.std(p[:n])
    return y_hat, mse


# --- Exercise 2: leak_free_scaler ---------------------------------------------------------


@right("leak_free_scaler")
def scaler_column_by_column(x, n):
    """A loop over the columns, with the mean of the squares."""
    out = np.array(x, dtype=float)
    for j in range(out.shape[1]):
        seen = out[:n, j].copy()
        mu = seen.mean()
        out[:, j] = (out[:, j] - mu) / np.sqrt(((seen - mu) ** 2).mean())
    return out[:n], out[n:]


@right("leak_free_scaler")
def scaler_in_a_small_function(x, n):
    """A function that remembers the training part's statistics."""
    mu, s = x[:n].mean(axis=0, keepdims=True), x[:n].std(axis=0, keepdims=True)

    def scale(part):
        return (part - mu) / s

    return scale(x[:n]), scale(x[n:])


@wrong("leak_free_scaler", "scaler fitted on everything")
def scaler_fitted_on_everything(x, n):
    """fit_transform before the cut: mean and deviation have seen the test rows."""
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    return scaled[:n], scaled[n:]


@wrong("leak_free_scaler", "each part by itself")
def scaler_fitted_twice(x, n):
    """fit_transform is called for the test part as well, which gets its own statistics."""

    def fit_transform(a):
        dev = a.std(axis=0)
        return (a - a.mean(axis=0)) / np.where(dev == 0, 1, dev)

    return fit_transform(x[:n]), fit_transform(x[n:])


@wrong("leak_free_scaler", "one scale for all columns")
def scaler_without_axis(x, n):
    """No axis is given: all columns share one mean and one standard deviation."""
    train, test = x[:n], x[n:]
    mu, sigma = np.mean(train), np.std(train)
    return (train - mu) / sigma, (test - mu) / sigma


@wrong("leak_free_scaler", "standard deviation of the wrong kind")
def scaler_by_pandas(x, n):
    """DataFrame.std divides by n - 1 unless told otherwise."""
    df = pd.DataFrame(x)
    train, test = df.iloc[:n], df.iloc[n:]
    m, s = train.mean(), train.std()
    return ((train - m) / s).to_numpy(), ((test - m) / s).to_numpy()


@wrong("leak_free_scaler", "minimum and maximum")
def scaler_min_max(x, n):
    """MinMaxScaler, as in most LSTM tutorials: (x - min) / (max - min) of the training part."""
    lo = x[:n].min(axis=0)
    hi = x[:n].max(axis=0)
    scaled = (x - lo) / (hi - lo)
    return scaled[:n], scaled[n:]


@wrong("leak_free_scaler", "test part left as it was")
def scaler_overwrites_its_table(x, n):
    """The training rows are scaled inside the table, so the test rows get mean 0 and s 1."""
    x = x.astype(float)
    x[:n] = (x[:n] - x[:n].mean(axis=0)) / x[:n].std(axis=0)
    x[n:] = (x[n:] - x[:n].mean(axis=0)) / x[:n].std(axis=0)
    return x[:n], x[n:]


@wrong("leak_free_scaler", "one day too many", "variance for standard deviation")
def scaler_variance_and_row_n(x, n):
    """Two mistakes: the statistics take rows 0 to n, and the divisor is the variance."""
    cols = []
    for col in x.T:
        known = col[: n + 1]
        cols.append((col - known.mean()) / known.var())
    scaled = np.array(cols).T
    return scaled[:n], scaled[n:]


# --- Exercise 3: log_returns --------------------------------------------------------------


@right("log_returns")
def returns_by_quotients(p, r_hat):
    """The log of the quotient; the forecast in logarithms."""
    yesterday, today = p[:-1], p[1:]
    return np.log(today / yesterday), np.exp(np.log(yesterday) + r_hat)


@right("log_returns")
def returns_in_a_list(p, r_hat):
    """A loop over the days."""
    r, p_hat = [], []
    for t in range(1, len(p)):
        r.append(np.log(p[t]) - np.log(p[t - 1]))
        p_hat.append(p[t - 1] * np.exp(r_hat[t - 1]))
    return np.array(r), np.array(p_hat)


@wrong("log_returns", "today for tomorrow")
def returns_from_todays_price(p, r_hat):
    """p_hat is p[1:] * exp(r_hat): it starts from the price that is to be predicted."""
    r = np.diff(np.log(p))
    p_hat = p[1:] * np.exp(r_hat)
    return r, p_hat


@wrong("log_returns", "cumulated from the first price")
def returns_compounded(p, r_hat):
    """p_hat is p[0] * exp(cumsum(r_hat)): the true price of the day before is not used."""
    r = np.diff(np.log(p))
    p_hat = p[0] * np.exp(np.cumsum(r_hat))
    return r, p_hat


@wrong("log_returns", "1 + r for the exponential")
def returns_back_linearly(p, r_hat):
    """p_hat is p * (1 + r_hat), which is the way back for simple returns."""
    logs = np.log(p)
    r = logs[1:] - logs[:-1]
    return r, p[:-1] * (1 + r_hat)


@wrong("log_returns", "sign")
def returns_with_sign_reversed(p, r_hat):
    """Here r is log(p[t - 1] / p[t]); the forecast is as asked."""
    r = np.array([np.log(a / b) for a, b in pairwise(p)])
    p_hat = p[:-1] * np.exp(r_hat)
    return r, p_hat


@wrong("log_returns", "log(1 + p) for log p")
def returns_by_log1p(p, r_hat):
    """np.log1p and np.expm1, the pair that is advised for skewed features, on prices."""
    lp = np.log1p(p)
    r = lp[1:] - lp[:-1]
    p_hat = np.expm1(lp[:-1] + r_hat)
    return r, p_hat


@wrong("log_returns", "off by one")
def returns_one_day_late(p, r_hat):
    """The NaN of day 0 is filled with 0 and kept, and the last return is dropped instead."""
    r = pd.Series(np.log(p)).diff().fillna(0).to_numpy()[: len(r_hat)]
    p_hat = p[:-1] * np.exp(r_hat)
    return r, p_hat


@wrong("log_returns", "relative change for log return", "power of 10")
def returns_simple_and_base_ten(p, r_hat):
    """Two mistakes: r is pct_change, and the forecast is p * 10 ** r_hat."""
    r = pd.Series(p).pct_change().dropna().to_numpy()
    p_hat = p[:-1] * np.power(10.0, r_hat)
    return r, p_hat


# --- Exercise 4: skill --------------------------------------------------------------------


@right("skill")
def skill_in_a_loop(forecast, p, n):
    """Sums over the scored days; their number cancels."""
    own = rival = 0.0
    for t in range(n, len(p)):
        if np.isnan(forecast[t]):
            continue
        own += (forecast[t] - p[t]) ** 2
        rival += (p[t - 1] - p[t]) ** 2
    return 1 - own / rival


@right("skill")
def skill_by_day_numbers(forecast, p, n):
    """The numbers of the scored days as an index."""
    days = np.flatnonzero(np.isfinite(forecast))
    days = days[days >= n]
    return 1 - np.mean((forecast[days] - p[days]) ** 2) / np.mean((p[days - 1] - p[days]) ** 2)


@wrong("skill", "other days for the baseline")
def skill_rival_on_all_days(forecast, p, n):
    """With nanmean days are left out for the forecast, but persistence keeps all of them."""
    own = np.nanmean((forecast[n:] - p[n:]) ** 2)
    rival = np.nanmean((p[n - 1 : -1] - p[n:]) ** 2)
    return 1 - own / rival


@wrong("skill", "last scored day for the day before")
def skill_drops_then_shifts(forecast, p, n):
    """The gaps are closed first, so "yesterday" is the last day that had a forecast."""
    keep = ~np.isnan(forecast[n:])
    truth = p[n:][keep]
    guess = forecast[n:][keep]
    before = np.concatenate([[p[n - 1]], truth[:-1]])
    return 1 - np.mean((guess - truth) ** 2) / np.mean((before - truth) ** 2)


@wrong("skill", "missing days as the last forecast")
def skill_fills_forward(forecast, p, n):
    """NaN is replaced by the last forecast (ffill), and these days are scored too."""
    df = pd.DataFrame({"y": p, "f": forecast})
    df["f"] = df["f"].ffill()
    df["naive"] = df["y"].shift(1)
    test = df.iloc[n:].dropna()
    return 1 - ((test.f - test.y) ** 2).mean() / ((test.naive - test.y) ** 2).mean()


@wrong("skill", "against the mean")
def skill_as_r_squared(forecast, p, n):
    """The rival is the mean of the scored prices: that is the coefficient of determination."""
    y, f = p[n:], forecast[n:]
    ok = ~np.isnan(f)
    y, f = y[ok], f[ok]
    ss_res = np.sum((y - f) ** 2)
    ss_tot = np.sum((y - y.mean()) ** 2)
    return 1 - ss_res / ss_tot


@wrong("skill", "training part scored")
def skill_over_the_whole_series(forecast, p, n):
    """All days with a forecast from day 1 on are scored; n is not used."""
    f, today, yesterday = forecast[1:], p[1:], p[:-1]
    m = ~np.isnan(f)
    return 1 - np.mean((f[m] - today[m]) ** 2) / np.mean((yesterday[m] - today[m]) ** 2)


@wrong("skill", "missing days as right")
def skill_nan_as_perfect(forecast, p, n):
    """nan_to_num on the error makes a day without forecast a perfect one."""
    e_model = np.nan_to_num(forecast - p)[n:]
    e_naive = (p[1:] - p[:-1])[n - 1 :]
    return 1 - np.mean(e_model**2) / np.mean(e_naive**2)


@wrong("skill", "root taken", "ratio the wrong way round")
def skill_rmse_upside_down(forecast, p, n):
    """Two mistakes: root mean squares are compared, and persistence stands above the line."""

    def rmse(a, b):
        return np.sqrt(np.mean((a - b) ** 2))

    idx = [t for t in range(n, len(p)) if not np.isnan(forecast[t])]
    prev = [t - 1 for t in idx]
    return 1 - rmse(p[prev], p[idx]) / rmse(forecast[idx], p[idx])


# --- Exercise 5: border_windows -----------------------------------------------------------


@right("border_windows")
def windows_sorted_in_a_loop(p, n, length, ahead):
    """A loop over the targets' days, with four lists."""
    x_train, y_train, x_test, y_test = [], [], [], []
    for day in range(length - 1 + ahead, len(p)):
        end = day - ahead + 1
        xs, ys = (x_train, y_train) if day < n else (x_test, y_test)
        xs.append(p[end - length : end])
        ys.append(p[day])
    return np.array(x_train), np.array(y_train), np.array(x_test), np.array(y_test)


@right("border_windows")
def windows_by_index_table(p, n, length, ahead):
    """A table of day numbers and a mask."""
    starts = np.arange(len(p) - length - ahead + 1)
    X = p[starts[:, None] + np.arange(length)]
    target = starts + length - 1 + ahead
    early = target < n
    return X[early], p[target[early]], X[~early], p[target[~early]]


def _all_windows(p, length, ahead):
    count = len(p) - length - ahead + 1
    X = np.array([p[i : i + length] for i in range(count)])
    y = np.array([p[i + length - 1 + ahead] for i in range(count)])
    return X, y


@wrong("border_windows", "cut at window n")
def windows_cut_at_window_n(p, n, length, ahead):
    """X[:n]: the window's number is compared with n, so the targets reach into the test."""
    X, y = _all_windows(p, length, ahead)
    return X[:n], y[:n], X[n:], y[n:]


@wrong("border_windows", "cut by the window's last day")
def windows_cut_by_last_day(p, n, length, ahead):
    """A window that ends in the training part is trained on, wherever its target lies."""
    X, y = _all_windows(p, length, ahead)
    last_day = np.arange(len(X)) + length - 1
    tr = last_day < n
    return X[tr], y[tr], X[~tr], y[~tr]


@wrong("border_windows", "windows of each part by itself")
def windows_of_each_part_alone(p, n, length, ahead):
    """train_test_split and then windows in each part: the first test days have no window."""

    def make(q):
        xs, ys = [], []
        for i in range(len(q) - length - ahead + 1):
            xs.append(q[i : i + length])
            ys.append(q[i + length - 1 + ahead])
        return np.array(xs).reshape(-1, length), np.array(ys)

    return (*make(p[:n]), *make(p[n:]))


@wrong("border_windows", "one day too far")
def windows_target_one_late(p, n, length, ahead):
    """The target is p[i + length + ahead], counted from the day after the window."""
    rows = []
    for i in range(len(p) - length - ahead):
        rows.append((p[i : i + length], p[i + length + ahead], i + length + ahead))
    x_train = np.array([w for w, _, d in rows if d < n]).reshape(-1, length)
    y_train = np.array([y for _, y, d in rows if d < n])
    x_test = np.array([w for w, _, d in rows if d >= n]).reshape(-1, length)
    y_test = np.array([y for _, y, d in rows if d >= n])
    return x_train, y_train, x_test, y_test


@wrong("border_windows", "test windows begin too late")
def windows_reach_back_by_length(p, n, length, ahead):
    """The test windows are made from p[n - length:], which is enough for ahead = 1 only."""
    x_train, y_train = _all_windows(p[:n], length, ahead)
    tail = p[n - length :]
    k = max(len(tail) - length - ahead + 1, 0)
    x_test = np.array([tail[i : i + length] for i in range(k)]).reshape(k, length)
    y_test = tail[length - 1 + ahead :]
    return x_train, y_train, x_test, y_test.copy()


@wrong("border_windows", "the last window lost")
def windows_last_one_lost(p, n, length, ahead):
    """The copied range(len(p) - length - ahead) is short of one, the newest window."""
    dataX, dataY = [], []
    for i in range(len(p) - length - ahead):
        dataX.append(p[i : (i + length)])
        dataY.append(p[i + length + ahead - 1])
    dataX, dataY = np.array(dataX), np.array(dataY)
    cut = n - length - ahead + 1
    return dataX[:cut], dataY[:cut], dataX[cut:], dataY[cut:]


@wrong("border_windows", "ahead ignored", "one window too many")
def windows_next_day_and_leak(p, n, length, ahead):
    """Two mistakes: the target is always the next day, and day n is counted as training."""
    X = np.lib.stride_tricks.sliding_window_view(p, length)[:-1]
    y = p[length:]
    day = np.arange(length, len(p))
    train, test = day <= n, day > n
    return X[train], y[train], X[test], y[test]


# --- Exercise 6: walk_forward -------------------------------------------------------------


@right("walk_forward")
def walk_with_while(p, n, block, fit):
    """A while loop; squares are collected in lists."""
    forecast, ratios, own_all, rival_all = [], [], [], []
    start = n
    while start < len(p):
        stop = min(start + block, len(p))
        predict = fit(p[:start].copy())
        guesses = [float(predict(p[:t].copy())) for t in range(start, stop)]
        own = [(g - q) ** 2 for g, q in zip(guesses, p[start:stop], strict=True)]
        rival = [(p[t - 1] - p[t]) ** 2 for t in range(start, stop)]
        ratios.append(np.mean(own) / np.mean(rival))
        forecast += guesses
        own_all += own
        rival_all += rival
        start = stop
    return np.array(forecast), np.array(ratios), np.mean(own_all) / np.mean(rival_all)


@right("walk_forward")
def walk_with_reduceat(p, n, block, fit):
    """A new model whenever a block begins; the sums of the blocks by reduceat."""
    out = np.empty(len(p) - n)
    for k in range(len(out)):
        if k % block == 0:
            model = fit(p[: n + k])
        out[k] = model(p[: n + k])
    e, e0 = (out - p[n:]) ** 2, np.diff(p)[n - 1 :] ** 2
    first = np.arange(0, len(out), block)
    return out, np.add.reduceat(e, first) / np.add.reduceat(e0, first), e.sum() / e0.sum()


def _scores(p, n, block, forecast):
    own = (np.asarray(forecast) - p[n:]) ** 2
    rival = (p[n - 1 : -1] - p[n:]) ** 2
    cuts = range(0, len(own), block)
    ratios = np.array([own[c : c + block].mean() / rival[c : c + block].mean() for c in cuts])
    return ratios, own.mean() / rival.mean()


@wrong("walk_forward", "trained once")
def walk_trained_once(p, n, block, fit):
    """The call of fit stands before the loop, on p[:n], and is never repeated."""
    predict = fit(p[:n])
    forecast = np.array([predict(p[:t]) for t in range(n, len(p))])
    return (forecast, *_scores(p, n, block, forecast))


@wrong("walk_forward", "a training part that slides")
def walk_sliding_history(p, n, block, fit):
    """A sliding window p[start - n : start] in place of all prices from day 0 on."""
    forecast = []
    for start in range(n, len(p), block):
        predict = fit(p[start - n : start])
        for t in range(start, min(start + block, len(p))):
            forecast.append(predict(p[:t]))
    forecast = np.array(forecast)
    return (forecast, *_scores(p, n, block, forecast))


@wrong("walk_forward", "prediction fed back")
def walk_feeds_forecasts_back(p, n, block, fit):
    """Inside a block the past is continued by the forecasts instead of the true prices."""
    forecast = []
    for start in range(n, len(p), block):
        history = list(p[:start])
        predict = fit(np.array(history))
        for _ in p[start : start + block]:
            yhat = predict(np.array(history))
            forecast.append(yhat)
            history.append(yhat)
    forecast = np.array(forecast)
    return (forecast, *_scores(p, n, block, forecast))


@wrong("walk_forward", "trained on the block as well")
def walk_trained_on_its_block(p, n, block, fit):
    """Here fit gets p[:stop], the prices of the block included, and not p[:start]."""
    forecast = np.zeros(len(p) - n)
    for start in range(n, len(p), block):
        stop = min(start + block, len(p))
        predict = fit(p[:stop])
        for t in range(start, stop):
            forecast[t - n] = predict(p[:t])
    return (forecast, *_scores(p, n, block, forecast))


@wrong("walk_forward", "mean of the ratios")
def walk_mean_of_ratios(p, n, block, fit):
    """Here overall is np.mean(ratios), not the quotient of the two mean squared errors."""
    preds, ratios = [], []
    for start in range(n, len(p), block):
        model = fit(p[:start])
        stop = min(start + block, len(p))
        yhat = np.array([model(p[:t]) for t in range(start, stop)])
        y, naive = p[start:stop], p[start - 1 : stop - 1]
        ratios.append(np.mean((yhat - y) ** 2) / np.mean((naive - y) ** 2))
        preds.append(yhat)
    ratios = np.array(ratios)
    return np.concatenate(preds), ratios, ratios.mean()


@wrong("walk_forward", "the last training price held")
def walk_frozen_persistence(p, n, block, fit):
    """The rival of a whole block is the price before it; it should move on every day."""
    forecast, rival = [], []
    for start in range(n, len(p), block):
        f = fit(p[:start])
        days = range(start, min(start + block, len(p)))
        forecast.extend(f(p[:t]) for t in days)
        rival.extend(p[start - 1] for _ in days)
    forecast, rival = np.array(forecast), np.array(rival)
    own, naive = (forecast - p[n:]) ** 2, (rival - p[n:]) ** 2
    edges = list(range(block, len(own), block))
    pairs = zip(np.split(own, edges), np.split(naive, edges), strict=True)
    ratios = np.array([a.mean() / b.mean() for a, b in pairs])
    return forecast, ratios, own.mean() / naive.mean()


@wrong("walk_forward", "today for tomorrow", "root taken")
def walk_sees_today_rmse(p, n, block, fit):
    """Two mistakes: predict gets p[:t + 1] with the day itself, and the ratios are of RMSE."""
    forecast = []
    for start in range(n, len(p), block):
        predict = fit(p[:start])
        forecast += [predict(p[: t + 1]) for t in range(start, min(start + block, len(p)))]
    forecast = np.array(forecast)
    ratios, overall = _scores(p, n, block, forecast)
    return forecast, np.sqrt(ratios), np.sqrt(overall)
