"""Compares the results of two backends: the largest relative deviation per case."""

import json

import numpy as np


def deviation(a, b) -> float:
    """max|a-b| / max|b|; infinity when shapes, dtypes or non-finite values differ."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype != b.dtype:
        return np.inf
    if a.size == 0:
        return 0.0
    a, b = a.astype("float64"), b.astype("float64")
    if not np.isfinite(a).all() or not np.isfinite(b).all():
        return np.inf
    difference, size = np.abs(a - b).max(), np.abs(b).max()
    return 0.0 if difference == 0 else float(difference / size) if size else np.inf


def compare_arrays(path_a: str, path_b: str) -> dict[str, float]:
    """The deviation of every member of two .npz files."""
    with np.load(path_a) as a, np.load(path_b) as b:
        if a.files != b.files:
            return {f"members {a.files} and {b.files}": np.inf}
        return {name: deviation(a[name], b[name]) for name in a.files}


def compare_scores(path_a: str, path_b: str) -> dict[str, float]:
    """The deviation of every column of the history and of every score."""
    with open(path_a, encoding="utf-8") as a, open(path_b, encoding="utf-8") as b:
        a, b = json.load(a), json.load(b)
    result = {}
    for part in ("evaluate_before", "history", "evaluate"):
        if list(a[part]) != list(b[part]):
            return {f"{part}: {list(a[part])} and {list(b[part])}": np.inf}
        result |= {f"{part}/{key}": deviation(a[part][key], b[part][key]) for key in a[part]}
    return result
