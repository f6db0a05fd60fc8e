"""The list of golden cases: functions register themselves with `@predict_case` or `@train_case`."""

import dataclasses
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Prediction:
    """What a predict case returns: an uncompiled model and its inputs (array, list or dict)."""

    model: Any
    x: Any


@dataclasses.dataclass(frozen=True)
class Training:
    """What a train case returns: a compiled model, its data and the arguments of `fit`.

    `fit` holds the arguments that can stand in JSON. `warm_up` epochs are trained before the
    model is saved, so that the file holds an optimizer in the middle of its work.
    """

    model: Any
    x: Any
    y: Any
    fit: dict = dataclasses.field(default_factory=dict)
    sample_weight: Any = None
    validation: tuple = ()
    warm_up: int = 0


@dataclasses.dataclass(frozen=True)
class Case:
    """One golden case. `build` makes its model and data from a generator seeded by the name.

    `second` is the backend that has to agree with JAX: torch, or numpy where Keras on torch fails.
    """

    name: str
    kind: str
    build: Callable[[np.random.Generator], Any]
    second: str = "torch"

    def rng(self) -> np.random.Generator:
        return np.random.default_rng(zlib.crc32(self.name.encode()))


CASES: dict[str, Case] = {}


def register(name: str, kind: str, build: Callable, second: str = "torch") -> None:
    """Adds a case under a name of its own; predict and train cases share the names."""
    if name in CASES:
        raise ValueError(f"the case {name!r} is there twice")
    CASES[name] = Case(name, kind, build, second)


def predict_case(build: Callable, second: str = "torch") -> Callable:
    """Registers `build(rng) -> (model, x)` under the function's name."""
    register(build.__name__, "predict", lambda rng: Prediction(*build(rng)), second)
    return build


def train_case(build: Callable) -> Callable:
    """Registers `build(rng) -> Training` under `train_` and the function's name."""
    register("train_" + build.__name__, "train", build)
    return build
