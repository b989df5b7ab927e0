"""Weights on their way into a page: arrays as JSON can hold them, to the last bit."""

import base64

import numpy as np


def pack(params):
    """Return arrays in a form that `json` can write and `unpack` in `js/cells.mjs` reads.

    Bytes are little-endian, numbers in C order: the last axis runs fastest. What is float32 stays
    float32, half the size; everything else becomes float64.

    Example:
        >>> pack({"b_h": np.array([1.0, -2.0], np.float32)})
        {'b_h': {'shape': [2], 'dtype': 'float32', 'data': 'AACAPwAAAMA='}}

    Args:
        params: dict of arrays of real numbers, of any shape, by name, such as a layer's `params`.

    Returns:
        For every name a dict of `shape`, a list of numbers; `dtype`, `"float32"` or `"float64"`;
        and `data`, the bytes in base64.

    Raises:
        TypeError: something is not an array of real numbers.

    """
    return {name: _pack_array(name, np.asarray(array)) for name, array in params.items()}


def _pack_array(name, array):
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name}: expected an array of real numbers, got dtype {array.dtype}")
    dtype = "float32" if array.dtype.type is np.float32 else "float64"
    data = array.astype(np.dtype(dtype).newbyteorder("<")).tobytes()
    return {"shape": list(array.shape), "dtype": dtype, "data": base64.b64encode(data).decode()}
