"""Chapter 6: what usually goes wrong where a forecast is scored."""

SLIPS = {
    "1 - forgotten": (
        "This is the ratio of the two errors. The skill is 1 minus it: 0 for persistence itself."
    ),
    "ratio the wrong way round": (
        "The ratio is upside down: persistence's error over that of the forecast. A perfect "
        "forecast would have a skill of minus infinity."
    ),
    "divided by the forecast's error": (
        "The gain is divided by the forecast's error. It is a share of *persistence's*."
    ),
    "difference for ratio": (
        "This is the difference of the two errors, in squared dollars. Divide by that of "
        "persistence."
    ),
    "root taken": (
        "The ratio is one of *root* mean squared errors. The skill is asked for in mean squared "
        "errors."
    ),
    "absolute error for squared": "The errors are not squared: this is a ratio of mean sizes.",
    "against the mean": (
        "The rival here is the mean of the test prices: this is an R². It is close to 1 for "
        "persistence itself, and nobody knows that mean before the end. For a price, compare with "
        "yesterday."
    ),
    "against the training mean": (
        "The rival here is the mean of the training prices, which is easy to beat. It should be "
        "the price of the day before."
    ),
    "the last training price held": (
        "The rival here repeats the last price of the training part on all days. Persistence "
        "repeats the price of the day before, `p[t - 1]`."
    ),
    "two days before for the day before": (
        "The rival here is the price of *two* days before. Persistence repeats `p[t - 1]`."
    ),
    "first test day left out": (
        "The first test day is not scored. The price of the day before it is known: it is the last "
        "one of the training part."
    ),
    "first test day left out for persistence": (
        "Persistence is not scored on the first test day, though it knows the price of the day "
        "before: it is the last one of the training part. Both have the same days."
    ),
    "other days for the baseline": (
        "Persistence is scored on all test days, the forecast on those days only that it has. One "
        "calm or wild day more on one side decides such a comparison: score both on the same days."
    ),
    "averaged over all steps": (
        "The forecast's squared errors are divided by the number of *all* test days, those without "
        "a forecast among them: they count as days without an error. A published recipe averages "
        "over steps that have no target in the same way, and its error looks small."
    ),
    "missing days as right": (
        "On days without a forecast its error is taken to be zero, as if the forecast had been "
        "right. Leave these days out, for both."
    ),
    "missing days not left out": (
        "The skill is NaN as soon as one test day has no forecast, since a sum with NaN in it is "
        "NaN. Leave these days out, for both errors."
    ),
    "missing days as the last forecast": (
        "On days without a forecast the last one is used again. That is a forecast for another "
        "day: leave these days out, for both."
    ),
    "missing days as zero": (
        "On days without a forecast the error is that of a forecast of 0 dollars. Leave these days "
        "out, for both."
    ),
    "missing days as persistence": (
        "On days without a forecast the forecast is taken to be that of persistence. Leave these "
        "days out, for both."
    ),
    "last scored day for the day before": (
        "The day before is here the last *scored* day: the days without a forecast were taken out "
        "first and the step made afterwards. Make the slices first, then choose the days."
    ),
    "last scored day without the first": (
        "The day before is here the last *scored* day, since the step was made after the days "
        "without a forecast had been taken out; and the first scored day is lost for persistence. "
        "Make the slices first, then choose the days."
    ),
    "last scored day without the first, for both": (
        "The day before is here the last *scored* day, since the step was made after the days "
        "without a forecast had been taken out; and the first scored day is lost. Make the slices "
        "first, then choose the days."
    ),
    "last forecast's day for the day before": (
        "The days without a forecast were taken out before anything else. So the day before is "
        "here the last day with a *forecast*, and the first such day has none before it. Make the "
        "slices first, then choose the days."
    ),
    "days taken out before the cut": (
        "The days without a forecast were taken out before the cut at n. After that, place n is no "
        "longer day n: slice first, then choose."
    ),
    "days taken out before the cut and the step": (
        "The days without a forecast were taken out before the cut at n. After that, place n is no "
        "longer day n, nor is the place before the day before: slice first, then choose."
    ),
    "days left out whose day before has no forecast": (
        "Days are left out whose day before has no forecast. Persistence needs the *price* of the "
        "day before, and no price is missing."
    ),
    "days left out so for persistence alone": (
        "For persistence, days are left out whose day before has no forecast. Persistence needs "
        "the *price* of the day before, and no price is missing."
    ),
    "forecast taken for that of the next day": (
        "`forecast[t]` is held against the price of day t + 1, as if it had been *made* on day t. "
        "It is *about* `p[t]`."
    ),
    "forecast taken for that of the next day, from day n on": (
        "`forecast[t]` is held against the price of day t + 1, as if it had been *made* on day t. "
        "It is *about* `p[t]`. (And day n is not scored.)"
    ),
    "training part scored": (
        "Days of the training part are scored as well. The skill is that of day `n` and later."
    ),
    "yesterday's price for the truth": (
        "The forecast for a day is held against the price of the day *before*. That is where "
        "forecasts of prices look best; hold each against its own day."
    ),
    "mean of the ratios": (
        "This is a mean of daily ratios. Days on which the price hardly moved have huge ones. "
        "Divide one mean by the other."
    ),
}
