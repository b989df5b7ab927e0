"""What a training records: a table with one row per epoch."""

import pandas as pd

COLUMNS = ["loss", "validation_loss", "gradient_norm", "clipped_norm", "seconds"]


class History(pd.DataFrame):
    """One row per epoch, indexed from 1.

    Columns: `loss` (mean over the batches, each before its update), `validation_loss` (at the end;
    NaN without validation data), `gradient_norm` and `clipped_norm` (mean global norm before and
    after clipping), `seconds` (that epoch took).
    """

    @property
    def _constructor(self):
        return pd.DataFrame  # a part of a history is a plain table

    @property
    def best_epoch(self):
        """The epoch whose parameters `fit` kept: lowest validation loss, else loss; 0 at first."""
        column = "loss" if self["validation_loss"].isna().all() else "validation_loss"
        return 0 if self.empty else int(self[column].idxmin())


def history_of(rows):
    """Return the `History` of rows like `COLUMNS`, the first of which is epoch 1."""
    index = pd.RangeIndex(1, len(rows) + 1, name="epoch")
    return History(rows, index=index, columns=COLUMNS, dtype=float)
