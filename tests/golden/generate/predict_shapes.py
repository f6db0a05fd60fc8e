"""Predict cases: Flatten, Reshape, Rescaling, Embedding, Dropout and the merging layers."""

import keras
import numpy as np
from keras import layers
from registry import predict_case

from data import floats, ints


def single(layer, shape, **options):
    inputs = keras.Input(shape, **options)
    return keras.Model(inputs, layer(inputs))


@predict_case
def flatten(rng):
    return single(layers.Flatten(), (3, 2, 4)), floats(rng, 3, 3, 2, 4)


@predict_case
def flatten_scalar(rng):
    """Rows without a dimension become rows of one."""
    return single(layers.Flatten(), ()), floats(rng, 5)


@predict_case
def flatten_channels_first(rng):
    return single(layers.Flatten(data_format="channels_first"), (3, 2, 4)), floats(rng, 2, 3, 2, 4)


@predict_case
def flatten_dense(rng):
    model = keras.Sequential(
        [keras.Input((4, 4)), layers.Flatten(), layers.Dense(6, activation="relu"), layers.Dense(3)]
    )
    return model, floats(rng, 4, 4, 4)


@predict_case
def reshape(rng):
    return single(layers.Reshape((2, 6)), (3, 4)), floats(rng, 3, 3, 4)


@predict_case
def reshape_inferred(rng):
    return single(layers.Reshape((2, -1, 2)), (12,)), floats(rng, 3, 12)


@predict_case
def reshape_none_length(rng):
    return single(layers.Reshape((-1, 2)), (None, 4)), floats(rng, 2, 3, 4)


@predict_case
def rescaling(rng):
    return single(layers.Rescaling(1.0 / 255), (3, 4)), 255 * rng.random((2, 3, 4)).astype(
        "float32"
    )


@predict_case
def rescaling_offset(rng):
    return single(layers.Rescaling(1.0 / 127.5, offset=-1), (3,)), floats(rng, 4, 3)


@predict_case
def rescaling_per_channel(rng):
    layer = layers.Rescaling([0.5, 2.0, -1.0], offset=[1.0, 0.0, 0.25])
    return single(layer, (2, 3)), floats(rng, 4, 2, 3)


@predict_case
def rescaling_uint8(rng):
    model = single(layers.Rescaling(1.0 / 255), (3, 4), dtype="uint8")
    return model, ints(rng, 256, 2, 3, 4, dtype="uint8")


@predict_case
def embedding(rng):
    """Ids reach the layer as float32, the Input's dtype."""
    return single(layers.Embedding(10, 4), (6,)), ints(rng, 10, 3, 6)


@predict_case
def embedding_int32_input(rng):
    return single(layers.Embedding(10, 4), (6,), dtype="int32"), ints(rng, 10, 3, 6)


@predict_case
def embedding_none_length(rng):
    model = single(layers.Embedding(12, 3, name="words"), (None,), dtype="int64")
    return model, ints(rng, 12, 2, 9, dtype="int64")


@predict_case
def embedding_flatten_dense(rng):
    inputs = keras.Input((5,), name="tokens")
    x = layers.Embedding(8, 3, embeddings_initializer="random_normal")(inputs)
    return keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x))), ints(rng, 8, 4, 5)


@predict_case
def dropout(rng):
    inputs = keras.Input((5,))
    x = layers.Dropout(0.5)(layers.Dense(6, activation="relu")(inputs))
    x = layers.Dropout(0.25, noise_shape=(None, 1), seed=11)(x)
    return keras.Model(inputs, layers.Dense(2)(x)), floats(rng, 4, 5)


@predict_case
def add(rng):
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    return keras.Model([a, b], layers.Add()([a, b])), [floats(rng, 3, 4), floats(rng, 3, 4)]


@predict_case
def add_three_broadcast(rng):
    a, b, c = (keras.Input(s, name=n) for n, s in (("a", (1, 4)), ("b", (3, 1)), ("c", (3, 4))))
    x = [floats(rng, 2, 1, 4), floats(rng, 2, 3, 1), floats(rng, 2, 3, 4)]
    return keras.Model([a, b, c], layers.Add()([a, b, c])), x


@predict_case
def multiply(rng):
    a, b, c = (keras.Input((4,), name=n) for n in "abc")
    return keras.Model([a, b, c], layers.Multiply()([a, b, c])), [floats(rng, 3, 4) for _ in "abc"]


@predict_case
def multiply_ranks(rng):
    """The input of lower rank gets its new axis behind the batch axis."""
    a, b = keras.Input((3, 4), name="a"), keras.Input((4,), name="b")
    return keras.Model([a, b], layers.multiply([a, b])), [floats(rng, 2, 3, 4), floats(rng, 2, 4)]


@predict_case
def concatenate(rng):
    a, b, c = (keras.Input((n,), name=f"in{n}") for n in (2, 3, 1))
    model = keras.Model([a, b, c], layers.Concatenate()([a, b, c]))
    return model, [floats(rng, 4, n) for n in (2, 3, 1)]


@predict_case
def concatenate_axis1(rng):
    a, b = keras.Input((2, 3), name="a"), keras.Input((4, 3), name="b")
    model = keras.Model([a, b], layers.Concatenate(axis=1)([a, b]))
    return model, [floats(rng, 3, 2, 3), floats(rng, 3, 4, 3)]


@predict_case
def concatenate_axis_minus_two(rng):
    a, b = keras.Input((2, 3), name="a"), keras.Input((1, 3), name="b")
    model = keras.Model([a, b], layers.concatenate([a, b], axis=-2))
    return model, [floats(rng, 3, 2, 3), floats(rng, 3, 1, 3)]


@predict_case
def float16_rescaling(rng):
    """A dtype policy; the values are exact in float16."""
    model = single(layers.Rescaling(0.5, offset=0.25, dtype="float16"), (4,), dtype="float16")
    return model, (rng.integers(-64, 65, (3, 4)) / 8).astype(np.float16)
