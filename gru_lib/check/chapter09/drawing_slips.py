"""Chapter 9: what goes wrong when a name is drawn letter by letter, and how to say it."""

SLIPS = {
    "state not carried": (
        "Every call of `step` gets `None` as the state, so the network forgets all but the symbol "
        "it reads. Hand over the state that the call before returned."
    ),
    "state kept at the start's": (
        "The state is carried through the given letters, but not from draw to draw: every drawn "
        "letter is read from the same old state. Take the new state from `step` each time."
    ),
    "state dropped after the start": (
        "The first letter drawn is read from the state `None`, as if nothing had been read before; "
        "from then on the state is carried. Go on with the state that the given letters have left."
    ),
    "state not carried while drawing": (
        "After each draw `step` gets the state `None`. Hand over the state that the call before "
        "returned."
    ),
    "state not carried in the start": (
        "While `start` is read, the state stays as the mark has left it: `scores` are taken from "
        "`step`, and the new state is not. Take both each time."
    ),
    "start read from None": (
        "Each letter of `start` is read from the state `None`, so that the mark and the letters "
        "before it are forgotten. Hand over the state that the call before returned."
    ),
    "scores of the mark": (
        "`start` has been read, but the first draw is made from the scores that the mark gave. "
        "Take those that `step` returned for the last letter of `start`."
    ),
    "scores not renewed": (
        "Every draw is made from the scores of the last given symbol: what is drawn is not read, "
        "or the scores that `step` returns are not used. After each draw: `scores, state = "
        "step(k, state)`."
    ),
    "drawn letter read twice": (
        "Each drawn symbol is read twice. One call of `step` gives both, the scores to draw from "
        "and the state to hand on."
    ),
    "mark read for the drawn letter": (
        "After each draw the network reads the mark, and not the letter that was drawn. Let it "
        "read the index that was drawn."
    ),
    "length tested too late": (
        "If `start` already has `longest` letters, one more is drawn. Test the length before the "
        "draw."
    ),
    "mark not read": (
        "The letters of `start` are read without the mark in front of them (it is read only if "
        "`start` is empty). The network has been trained on names with the mark first; from the "
        "state `None` it expects the mark."
    ),
    "start not read": (
        "The name begins with `start`, but the network has not read it: what follows does not "
        "depend on it. Let it read each of the letters before the first draw."
    ),
    "last step only": (
        "Of `start` only the last letter counts: the others are not read, or each is read from the "
        "state that the mark has left. The state has to see all of them, in their order: hand over "
        "the one that the call before returned."
    ),
    "last letter read twice": (
        "The last symbol given, the last letter of `start` or the mark, is read twice: once with "
        "the given ones, and once more in front of the first draw. The scores of the first reading "
        "are those to draw from."
    ),
    "whole name read again": (
        "Before each draw the mark and the whole name are read again, on top of a state that has "
        "read them already. Let the network read the new letter alone, or begin again with "
        "`None`."
    ),
    "drawn letter not read": (
        "What is drawn is not read: the network reads the same symbol again and again. Let it read "
        "the index that was drawn."
    ),
    "likeliest letter read": (
        "The letter drawn is put at the end of the name, but the network reads the likeliest one: "
        "it goes on with another name than the one on paper. Let it read the index that was drawn."
    ),
    "start missing": (
        "Only the drawn letters are returned. The name is `start` and what was drawn after it."
    ),
    "mark kept": "The mark at the end is returned with the name. It says that the name is over.",
    "mark in front": "The name is returned with the mark in front, which is read, but no letter.",
    "end ignored": (
        "It goes on drawing after the mark was drawn. With the mark the network says that the name "
        "is over."
    ),
    "one step too many": "The name may get one letter more than `longest`.",
    "one step too few": "The name stops one letter before `longest`.",
    "start not counted": (
        "`longest` letters are drawn beside those of `start`. It is the name that may have "
        "`longest` letters, those of `start` included."
    ),
    "longest ignored": (
        "`longest` makes no difference: it draws until the mark comes or the numbers are used up."
    ),
    "off by one": (
        "The first draw uses `u[1]`, and `u[0]` is skipped. Nothing is drawn for the mark in front."
    ),
    "first number every time": (
        "Every draw uses `u[0]`. The draws have to be independent: the second one uses `u[1]`."
    ),
    "numbers by place": (
        "The numbers are counted by the place in the name, so those of the places in `start` are "
        "skipped. The first draw uses `u[0]`."
    ),
    "temperature multiplied": (
        "The scores are multiplied by the temperature. Divide: below 1 likely letters become "
        "likelier."
    ),
    "temperature ignored": (
        "The temperature makes no difference. Divide the scores by it, before the softmax."
    ),
    "always the likeliest": (
        "Each time the likeliest symbol is taken, whatever `u` is: so there is one name only. Draw "
        "from the probabilities."
    ),
}
