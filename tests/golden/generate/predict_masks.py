"""Predict cases: masks that are given explicitly to a layer's call, which the file holds as `kwargs`."""

import keras
import numpy as np
from keras import layers
from registry import predict_case

from data import floats


def flags(rng, *shape):
    return rng.random(shape) < 0.6


@predict_case
def softmax_explicit_mask(rng):
    x = keras.Input((5,), name="x")
    keep = keras.Input((5,), dtype="bool", name="keep")
    masked = layers.Softmax(name="masked")(x, mask=keep)
    plain = layers.Softmax(name="plain")(x)
    return keras.Model([x, keep], [masked, plain]), [floats(rng, 4, 5), flags(rng, 4, 5)]


@predict_case
def softmax_constant_mask(rng):
    x = keras.Input((3,), name="x")
    constant = np.array([[True, False, True]])
    added = x + np.array([[0.5, -1.0, 2.0]], "float32")
    return keras.Model(x, layers.Softmax(name="masked")(added, mask=constant)), floats(rng, 4, 3)


def attention(name, keys):
    """A nested model of two inputs that uses the first one's mask."""
    scores = keras.Input((4,), name="scores")
    shift = keras.Input((4,), name="shift")
    y = layers.Softmax()(scores) + shift
    inputs = {"scores": scores, "shift": shift} if keys else [scores, shift]
    return keras.Model(inputs, y, name=name)


@predict_case
def nested_explicit_masks(rng):
    # Keras leaves an explicit mask on the tensor, where a later call finds it: `a` is always masked.
    a, b, c = (keras.Input((4,), name=name) for name in "abc")
    keep = keras.Input((4,), dtype="bool", name="keep")
    by_place, by_name = attention("by_place", False), attention("by_name", True)
    outputs = [
        by_place([c, b]),
        by_place([a, b], mask=[keep, None]),
        by_name({"scores": a, "shift": b}, mask={"scores": keep, "shift": None}),
        by_name({"shift": a, "scores": b}),
    ]
    model = keras.Model([a, b, c, keep], outputs)
    return model, [floats(rng, 3, 4), floats(rng, 3, 4), floats(rng, 3, 4), flags(rng, 3, 4)]


@predict_case
def embedding_mask_and_explicit_mask(rng):
    ids = keras.Input((4,), dtype="int32", name="ids")
    keep = keras.Input((4,), dtype="bool", name="keep")
    x = layers.Embedding(6, 3, mask_zero=True, name="embedding")(ids)
    shared = layers.BatchNormalization(name="shared")
    implicit, explicit = shared(x), shared(x, mask=keep)
    total = layers.Add(name="total")([implicit, explicit])
    return keras.Model([ids, keep], layers.Dense(2, name="dense")(total)), [
        rng.integers(0, 6, (3, 4)).astype("int32"),
        flags(rng, 3, 4),
    ]
