"""Small random inputs and targets."""

import numpy as np


def floats(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.standard_normal(shape).astype("float32")


def ints(rng: np.random.Generator, high: int, *shape: int, dtype: str = "int32") -> np.ndarray:
    return rng.integers(0, high, shape).astype(dtype)


def one_hot(rng: np.random.Generator, classes: int, rows: int) -> np.ndarray:
    return np.eye(classes, dtype="float32")[rng.integers(0, classes, rows)]
