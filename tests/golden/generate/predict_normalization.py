"""Predict cases: BatchNormalization with its moving statistics, and LayerNormalization."""

import functools

import keras
from keras import layers
from registry import predict_case

from data import floats


def single(layer, shape):
    inputs = keras.Input(shape)
    return keras.Model(inputs, layer(inputs))


@predict_case
def batch_normalization(rng):
    return single(layers.BatchNormalization(), (5,)), floats(rng, 6, 5)


@predict_case
def batch_normalization_rank3(rng):
    return single(layers.BatchNormalization(), (4, 3)), floats(rng, 3, 4, 3)


@predict_case
def batch_normalization_axis1(rng):
    return single(layers.BatchNormalization(axis=1), (4, 3)), floats(rng, 3, 4, 3)


@predict_case
def batch_normalization_rank4(rng):
    return single(layers.BatchNormalization(axis=-1), (3, 2, 4)), floats(rng, 2, 3, 2, 4)


@predict_case
def batch_normalization_no_scale(rng):
    layer = layers.BatchNormalization(scale=False, epsilon=1e-5, momentum=0.9)
    return single(layer, (5,)), floats(rng, 4, 5)


@predict_case
def batch_normalization_no_center(rng):
    return single(layers.BatchNormalization(center=False), (5,)), floats(rng, 4, 5)


@predict_case
def batch_normalization_bare(rng):
    layer = layers.BatchNormalization(center=False, scale=False)
    return single(layer, (5,)), floats(rng, 4, 5)


@predict_case
def batch_normalization_frozen(rng):
    layer = layers.BatchNormalization(name="frozen")
    layer.trainable = False
    return single(layer, (5,)), floats(rng, 4, 5)


@predict_case
def batch_normalization_between(rng):
    """The usual place: Dense without bias, normalization, activation."""
    inputs = keras.Input((4,))
    x = layers.Dense(6, use_bias=False)(inputs)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    return keras.Model(inputs, layers.Dense(2)(x)), floats(rng, 5, 4)


@predict_case
def batch_normalization_shared(rng):
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    norm = layers.BatchNormalization()
    model = keras.Model([left, right], layers.add([norm(left), norm(right)]))
    return model, [floats(rng, 5, 4), floats(rng, 5, 4)]


@predict_case
def layer_normalization(rng):
    return single(layers.LayerNormalization(), (6,)), floats(rng, 4, 6)


@predict_case
def layer_normalization_rank3(rng):
    return single(layers.LayerNormalization(epsilon=1e-5), (4, 6)), floats(rng, 3, 4, 6)


@functools.partial(predict_case, second="numpy")  # torch's kernel takes the last axes only
def layer_normalization_axis1(rng):
    return single(layers.LayerNormalization(axis=1), (4, 3)), floats(rng, 3, 4, 3)


@predict_case
def layer_normalization_axes(rng):
    return single(layers.LayerNormalization(axis=[1, 2]), (4, 3)), floats(rng, 3, 4, 3)


@predict_case
def layer_normalization_rank4_axes(rng):
    return single(layers.LayerNormalization(axis=[-1, -2]), (2, 3, 4)), floats(rng, 2, 2, 3, 4)


@predict_case
def layer_normalization_bare(rng):
    layer = layers.LayerNormalization(center=False, scale=False)
    return single(layer, (6,)), floats(rng, 4, 6)


@predict_case
def layer_normalization_no_scale(rng):
    return single(layers.LayerNormalization(scale=False), (6,)), floats(rng, 4, 6)
