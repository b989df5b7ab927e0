"""Chapter 7: what usually goes wrong in the relative difference of two sets of arrays."""

SLIPS = {
    "paired by place": (
        "The arrays are paired by their place in the two dictionaries and not by name. The order "
        "of the names may differ, and then other arrays are compared; where their shapes do not "
        "fit, even an exception is raised."
    ),
    "named by place": (
        "`largest` is right, but its name is looked up by its place in the other dictionary, where "
        "the order may differ. Keep each number together with its name."
    ),
    "element by element": (
        "Each difference is divided by the number at the same place. One entry that happens to be "
        "nearly zero then decides. Take the two maxima apart from each other."
    ),
    "not divided": (
        "This is the largest difference itself. 0.01 is much for a bias of 0.02 and nothing for a "
        "weight of 100: divide by the largest size in theirs."
    ),
    "divided by ours": (
        "The differences are divided by the largest size of *ours*. The scale is that of theirs, "
        "which is taken for the truth."
    ),
    "divided by the larger of the two": (
        "The scale is the larger one of both arrays. It should be that of theirs alone."
    ),
    "divided by the larger of the two everywhere": (
        "The scale is the larger one of both arrays. It should be that of theirs alone. (Where "
        "theirs is zero and ours is not, yours gives 1, and infinity is asked for.)"
    ),
    "divided by the sum of both": (
        "The scale is the sum of both arrays' largest sizes. It should be that of theirs alone."
    ),
    "divided by the sum of both, place by place": (
        "The scale is the largest sum of the two sizes at one place. It should be the largest size "
        "in theirs alone. (A sum of both belongs to another definition, which treats both alike.)"
    ),
    "element by element, by the sum of both": (
        "Each difference is divided by the sum of the two sizes at the same place. That is another "
        "definition, common in gradient checks. Here each array has one scale, the largest size in "
        "theirs."
    ),
    "absolute value missing in the difference": (
        "The differences are not taken by their size: where ours is smaller, the largest of them "
        "counts for nothing."
    ),
    "absolute value missing in the scale": (
        "The scale is the largest number of theirs, not the largest *size*: an array of negative "
        "numbers has a scale too."
    ),
    "absolute value after the maximum": (
        "Both maxima are taken first, and the absolute values afterwards. A large negative number "
        "is passed over so: first the absolute values, then the largest."
    ),
    "absolute value after the maximum, above": (
        "Of the differences the absolute value of the maximum is taken. A large negative one is "
        "passed over so: first the absolute values, then the largest."
    ),
    "absolute value after the maximum, below": (
        "The scale is the absolute value of the largest number of theirs. A large negative one is "
        "passed over so: first the absolute values, then the largest."
    ),
    "scale at the place of the largest difference": (
        "The largest difference is divided by the number at the same place. The scale is the "
        "largest size in the whole array, wherever it stands."
    ),
    "not divided where theirs is zero": (
        "Where theirs is zero everywhere and ours is not, the difference itself is returned. "
        "Infinity is asked for."
    ),
    "one where theirs is zero": (
        "Where theirs is zero everywhere and ours is not, the result is 1. Infinity is asked for."
    ),
    "one scale for all": (
        "All arrays are divided by the largest size that occurs in any of them. A small array's "
        "error vanishes beside a large one; each has a scale of its own."
    ),
    "mean for the largest": (
        "The differences and the sizes are averaged within an array. One wrong entry among many "
        "then hardly shows: take the largest."
    ),
    "mean for the largest, above": (
        "The differences are averaged, the sizes are not. One wrong entry among many then hardly "
        "shows: take the largest difference."
    ),
    "mean for the largest, below": (
        "The largest difference is divided by the *mean* size. The scale is the largest size."
    ),
    "difference of the largest sizes": (
        "The two arrays' largest sizes are compared. They may agree where the arrays do not: take "
        "the differences first, then the largest."
    ),
    "chosen by the undivided difference": (
        "The array is chosen by its largest difference, before that is divided by the scale. An "
        "array of large numbers then hides the others."
    ),
    "1e-8 added to the scale": (
        "A small number in the scale prevents a division by zero. But where theirs is zero and "
        "ours is not, infinity is asked for."
    ),
    "1e-12 added to the scale": (
        "A small number in the scale prevents a division by zero. But where theirs is zero and "
        "ours is not, infinity is asked for."
    ),
    "norm for the largest": (
        "This is the norm of the difference over the norm of theirs. Here the largest difference "
        "over the largest size is asked for."
    ),
    "the smallest for the largest": (
        "This is the array that agrees best. The worst one should be found."
    ),
    "the last array": (
        "What is returned belongs to the last array, whatever came before. Keep the largest."
    ),
    "zero whatever ours is": (
        "Where theirs is zero everywhere, the result is 0 even if ours is not. A gradient that "
        "should be zero and is not is the largest error there is: infinity."
    ),
    "infinity where both are zero": (
        "Where both arrays are zero everywhere, they agree, and the difference is 0."
    ),
    "0/0": (
        "Where both arrays are zero everywhere, 0 is divided by 0, and NaN spoils the comparison. "
        "They agree: the difference is 0."
    ),
    "the last of equals": (
        "Of several arrays with the same difference the last is named. It should be the first in "
        "`ours`: replace the largest only by one that is larger."
    ),
    "the first in theirs": (
        "Of several arrays with the same difference the one is named that is first in `theirs`. It "
        "should be the first in `ours`."
    ),
}
NONE_FOUND = (
    "So no δ was above the number that your search begins with. All δ may be 0: begin below 0. Or "
    "a δ of yours is nan, as 0/0 is, and every comparison with nan is false; or it is negative, "
    "which no δ should be."
)
