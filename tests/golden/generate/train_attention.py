"""Train cases: attention, EinsumDense, a transformer classifier.

The bias of the keys has no influence on the result: its gradient is noise around zero, which Adam
would make as large as all others. Cases with such optimizers have no biases.
"""


import keras
import numpy as np
from keras import layers, losses, optimizers, regularizers
from registry import Training, train_case

from data import floats, ints

ROWS = 18
FIT = {"epochs": 2, "batch_size": 8}
SPARSE = losses.SparseCategoricalCrossentropy(from_logits=True)


def trained(rng, inputs, features, x, optimizer, **extra):
    """A classifier of three classes over flattened features."""
    model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(features)))
    model.compile(optimizer, loss=SPARSE, metrics=["accuracy"])
    return Training(model, x, ints(rng, 3, ROWS), FIT, **extra)


def on_self(rng, layer, optimizer, shape=(4, 6), **call):
    x = keras.Input(shape)
    return trained(rng, x, layer(x, x, **call), floats(rng, ROWS, *shape), optimizer)


@train_case
def mha_self_sgd(rng):
    return on_self(rng, layers.MultiHeadAttention(2, 3), optimizers.SGD(0.1))


@train_case
def mha_self_adam(rng):
    return on_self(rng, layers.MultiHeadAttention(2, 3, use_bias=False), optimizers.Adam(0.01))


@train_case
def mha_causal_rmsprop(rng):
    layer = layers.MultiHeadAttention(2, 3, use_bias=False)
    return on_self(rng, layer, optimizers.RMSprop(0.005), use_causal_mask=True)


@train_case
def mha_sizes_momentum(rng):
    layer = layers.MultiHeadAttention(3, 2, output_shape=5, use_bias=False)
    return on_self(rng, layer, optimizers.SGD(0.05, momentum=0.9), (7, 5))


@train_case
def mha_gate_trained(rng):
    layer = layers.MultiHeadAttention(2, 3, use_gate=True)
    return on_self(rng, layer, optimizers.SGD(0.1))


@train_case
def mha_regularized(rng):
    layer = layers.MultiHeadAttention(
        2,
        3,
        kernel_regularizer=regularizers.L2(0.01),
        bias_regularizer=regularizers.L1(0.01),
        kernel_constraint="max_norm",
    )
    return on_self(rng, layer, optimizers.SGD(0.05))


@train_case
def mha_rank4_trained(rng):
    layer = layers.MultiHeadAttention(2, 3, value_dim=4, attention_axes=2)
    return on_self(rng, layer, optimizers.SGD(0.1), (2, 3, 4))


@train_case
def mha_frozen(rng):
    layer = layers.MultiHeadAttention(2, 3)
    layer.trainable = False
    return on_self(rng, layer, optimizers.SGD(0.1))


@train_case
def mha_cross_trained(rng):
    q, v = keras.Input((4, 6), name="q"), keras.Input((5, 3), name="v")
    k = keras.Input((5, 4), name="k")
    y = layers.MultiHeadAttention(2, 3)(q, v, k)
    x = [floats(rng, ROWS, 4, 6), floats(rng, ROWS, 5, 3), floats(rng, ROWS, 5, 4)]
    return trained(rng, [q, v, k], y, x, optimizers.SGD(0.1))


@train_case
def mha_mask_trained(rng):
    x = keras.Input((4, 6), name="x")
    mask = keras.Input((4, 4), dtype="bool", name="mask")
    y = layers.MultiHeadAttention(2, 3)(x, x, attention_mask=mask)
    see = rng.random((ROWS, 4, 4)) < 0.6
    see[..., 0] = True
    return trained(rng, [x, mask], y, [floats(rng, ROWS, 4, 6), see], optimizers.SGD(0.1))


@train_case
def mha_scores_trained(rng):
    """The probabilities are an output with a loss of its own."""
    x = keras.Input((4, 6))
    y, scores = layers.MultiHeadAttention(2, 3, name="heads")(x, x, return_attention_scores=True)
    y = layers.Dense(2, name="y")(layers.Flatten()(y))
    scores = layers.Flatten(name="scores")(scores)
    model = keras.Model(x, [y, scores])
    model.compile(optimizers.SGD(0.1), loss=["mse", "mse"])
    return Training(
        model, floats(rng, ROWS, 4, 6), [floats(rng, ROWS, 2), floats(rng, ROWS, 32)], FIT
    )


@train_case
def mha_embedding_mask_trained(rng):
    """The value's mask from an embedding, with the gradient of the embedding."""
    q, ids = keras.Input((4, 6), name="q"), keras.Input((5,), dtype="int32", name="ids")
    v = layers.Embedding(7, 6, mask_zero=True)(ids)
    y = layers.MultiHeadAttention(2, 3)(q, v)
    words = ints(rng, 6, ROWS, 5) + 1
    words[::2, 3:] = 0
    return trained(rng, [q, ids], y, [floats(rng, ROWS, 4, 6), words], optimizers.SGD(0.2))


@train_case
def einsum_dense_adam(rng):
    x = keras.Input((4, 5))
    y = layers.EinsumDense("abc,cde->abde", (4, 2, 3), bias_axes="de", activation="tanh")(x)
    y = layers.EinsumDense("abcd,cde->abe", (4, 4), bias_axes="e")(y)
    return trained(rng, x, y, floats(rng, ROWS, 4, 5), optimizers.Adam(0.01))


@train_case
def softmax_mask_trained(rng):
    x = keras.Input((4, 5), name="x")
    mask = keras.Input((4, 5), dtype="bool", name="mask")
    y = layers.Softmax()(layers.Dense(5)(x), mask=mask)
    see = rng.random((ROWS, 4, 5)) < 0.6
    see[..., 0] = True
    return trained(rng, [x, mask], y, [floats(rng, ROWS, 4, 5), see], optimizers.SGD(0.3))


@train_case
def transformer_classifier(rng):
    """The benchmark's model, small."""
    ids = keras.Input((6,), dtype="int32", name="ids")
    places = keras.Input((6,), dtype="int32", name="places")
    x = layers.add([layers.Embedding(9, 8)(ids), layers.Embedding(6, 8)(places)])
    y = layers.MultiHeadAttention(2, 8)(x, x)
    x = layers.LayerNormalization(epsilon=1e-6)(layers.add([x, y]))
    y = layers.Dense(8)(layers.Dense(8, activation="relu")(x))
    x = layers.LayerNormalization(epsilon=1e-6)(layers.add([x, y]))
    data = [ints(rng, 9, ROWS, 6), np.tile(np.arange(6, dtype="int32"), (ROWS, 1))]
    return trained(rng, [ids, places], x, data, optimizers.SGD(0.1))
