"""Predict cases: MultiHeadAttention with its masks, EinsumDense, Softmax with masks."""

import functools

import keras
import numpy as np
from keras import layers
from registry import predict_case

from data import floats, ints

# torch makes NaN of rows that may see nothing, jax and numpy the mean of all values.
numpy_case = functools.partial(predict_case, second="numpy")


def self_attention(rng, layer, shape=(4, 6), rows=3, **call):
    x = keras.Input(shape)
    return keras.Model(x, layer(x, x, **call)), floats(rng, rows, *shape)


def cross_attention(rng, layer, query=(4, 6), value=(5, 6), rows=3, **call):
    q, v = keras.Input(query, name="query"), keras.Input(value, name="value")
    return keras.Model([q, v], layer(q, v, **call)), [
        floats(rng, rows, *query),
        floats(rng, rows, *value),
    ]


def see(rng, *shape):
    """A mask in which every query sees at least its first key."""
    mask = rng.random(shape) < 0.6
    mask[..., 0] = True
    return mask


@predict_case
def mha_self(rng):
    return self_attention(rng, layers.MultiHeadAttention(2, 3))


@predict_case
def mha_one_head(rng):
    return self_attention(rng, layers.MultiHeadAttention(1, 5))


@predict_case
def mha_odd_sizes(rng):
    return self_attention(rng, layers.MultiHeadAttention(3, 7), (17, 5), rows=2)


@predict_case
def mha_one_step(rng):
    return self_attention(rng, layers.MultiHeadAttention(2, 4), (1, 3))


@predict_case
def mha_cross(rng):
    return cross_attention(rng, layers.MultiHeadAttention(2, 3))


@predict_case
def mha_cross_dims(rng):
    """Query and value of different widths."""
    return cross_attention(rng, layers.MultiHeadAttention(2, 3), (4, 6), (7, 5))


@predict_case
def mha_key(rng):
    q, v = keras.Input((4, 6), name="query"), keras.Input((5, 3), name="value")
    k = keras.Input((5, 4), name="key")
    model = keras.Model([q, v, k], layers.MultiHeadAttention(2, 3)(q, v, k))
    return model, [floats(rng, 3, 4, 6), floats(rng, 3, 5, 3), floats(rng, 3, 5, 4)]


@predict_case
def mha_keywords(rng):
    q, v = keras.Input((4, 6), name="query"), keras.Input((5, 3), name="value")
    model = keras.Model([q, v], layers.MultiHeadAttention(2, 3)(value=v, query=q))
    return model, [floats(rng, 3, 4, 6), floats(rng, 3, 5, 3)]


@predict_case
def mha_value_dim(rng):
    """With dropout: JAX's own attention takes no other value_dim."""
    return self_attention(rng, layers.MultiHeadAttention(2, 3, value_dim=5, dropout=0.2))


@predict_case
def mha_output_shape(rng):
    return cross_attention(rng, layers.MultiHeadAttention(2, 3, output_shape=7))


@predict_case
def mha_output_shape_list(rng):
    return self_attention(rng, layers.MultiHeadAttention(2, 3, output_shape=(2, 5)))


@predict_case
def mha_no_bias(rng):
    return self_attention(rng, layers.MultiHeadAttention(2, 3, use_bias=False))


@predict_case
def mha_gate(rng):
    layer = layers.MultiHeadAttention(2, 3, value_dim=4, dropout=0.2, use_gate=True)
    return cross_attention(rng, layer)


@predict_case
def mha_initializers(rng):
    layer = layers.MultiHeadAttention(
        2, 3, kernel_initializer="he_normal", bias_initializer="random_normal", name="heads"
    )
    return self_attention(rng, layer)


@predict_case
def mha_causal(rng):
    return self_attention(rng, layers.MultiHeadAttention(2, 3), use_causal_mask=True)


@predict_case
def mha_causal_cross(rng):
    return cross_attention(rng, layers.MultiHeadAttention(2, 3), use_causal_mask=True)


@predict_case
def mha_sliding_window(rng):
    layer = layers.MultiHeadAttention(2, 3, sliding_window=2)
    return self_attention(rng, layer, (7, 4))


@predict_case
def mha_sliding_causal(rng):
    layer = layers.MultiHeadAttention(2, 3, sliding_window=3)
    return self_attention(rng, layer, (7, 4), use_causal_mask=True)


def masked(rng, layer, mask_shape, shape=(4, 6), **call):
    x = keras.Input(shape, name="x")
    mask = keras.Input(mask_shape, dtype="bool", name="mask")
    model = keras.Model([x, mask], layer(x, x, attention_mask=mask, **call))
    return model, [floats(rng, 3, *shape), see(rng, 3, *mask_shape)]


@predict_case
def mha_attention_mask(rng):
    return masked(rng, layers.MultiHeadAttention(2, 3), (4, 4))


@predict_case
def mha_attention_mask_heads(rng):
    """A mask for each head."""
    return masked(rng, layers.MultiHeadAttention(2, 3), (2, 4, 4))


@predict_case
def mha_attention_mask_keys(rng):
    """The same keys for all queries."""
    return masked(rng, layers.MultiHeadAttention(2, 3), (1, 4))


@predict_case
def mha_mask_and_causal(rng):
    return masked(rng, layers.MultiHeadAttention(2, 3), (4, 4), use_causal_mask=True)


@predict_case
def mha_mask_dropout(rng):
    """With dropout Keras computes the probabilities another way."""
    return masked(rng, layers.MultiHeadAttention(2, 3, dropout=0.3), (4, 4))


@numpy_case
def mha_nothing_to_see(rng):
    model, (x, mask) = masked(rng, layers.MultiHeadAttention(2, 3), (4, 4))
    mask[1, 2] = False
    return model, [x, mask]


@numpy_case
def mha_nothing_to_see_dropout(rng):
    model, (x, mask) = masked(rng, layers.MultiHeadAttention(2, 3, dropout=0.2), (4, 4))
    mask[1, 2] = False
    return model, [x, mask]


@predict_case
def mha_dropout(rng):
    return self_attention(rng, layers.MultiHeadAttention(2, 3, dropout=0.2, seed=5))


@predict_case
def mha_dropout_causal(rng):
    layer = layers.MultiHeadAttention(2, 3, dropout=0.2)
    return self_attention(rng, layer, use_causal_mask=True)


@predict_case
def mha_scores(rng):
    layer = layers.MultiHeadAttention(2, 3)
    return self_attention(rng, layer, return_attention_scores=True)


@predict_case
def mha_scores_causal(rng):
    layer = layers.MultiHeadAttention(2, 3, value_dim=2)
    return self_attention(rng, layer, return_attention_scores=True, use_causal_mask=True)


@predict_case
def mha_scores_masked(rng):
    layer = layers.MultiHeadAttention(2, 3)
    return masked(rng, layer, (4, 4), return_attention_scores=True)


@predict_case
def mha_rank4(rng):
    """Attention over both inner axes."""
    return self_attention(rng, layers.MultiHeadAttention(2, 3), (2, 3, 4))


@predict_case
def mha_attention_axes(rng):
    layer = layers.MultiHeadAttention(2, 3, attention_axes=2)
    return self_attention(rng, layer, (2, 3, 4))


@predict_case
def mha_attention_axes_first(rng):
    layer = layers.MultiHeadAttention(2, 3, attention_axes=(-3,), value_dim=2)
    return self_attention(rng, layer, (2, 3, 4))


@predict_case
def mha_shared(rng):
    """One layer called twice."""
    a, b = keras.Input((4, 6), name="a"), keras.Input((5, 6), name="b")
    layer = layers.MultiHeadAttention(2, 3)
    model = keras.Model([a, b], layers.add([layer(a, b), layer(a, a)]))
    return model, [floats(rng, 3, 4, 6), floats(rng, 3, 5, 6)]


def tokens(rng, high, *shape):
    """Sequences that end in zeros, the first step never being one."""
    ids = ints(rng, high - 1, *shape) + 1
    for row, length in enumerate(rng.integers(1, shape[1] + 1, shape[0])):
        ids[row, length:] = 0
    return ids


@numpy_case
def mha_embedding_mask(rng):
    ids = keras.Input((5,), dtype="int32")
    x = layers.Embedding(7, 6, mask_zero=True)(ids)
    return keras.Model(ids, layers.MultiHeadAttention(2, 3)(x, x)), tokens(rng, 7, 4, 5)


@numpy_case
def mha_embedding_mask_dropout(rng):
    ids = keras.Input((5,), dtype="int32")
    x = layers.Embedding(7, 6, mask_zero=True)(ids)
    x = layers.MultiHeadAttention(2, 3, dropout=0.1)(x, x, use_causal_mask=True)
    return keras.Model(ids, layers.Dense(3)(x)), tokens(rng, 7, 4, 5)


@predict_case
def mha_embedding_mask_value(rng):
    """Only the value has a mask."""
    q, ids = keras.Input((4, 6), name="q"), keras.Input((5,), dtype="int32", name="ids")
    v = layers.Embedding(7, 6, mask_zero=True)(ids)
    model = keras.Model([q, ids], layers.MultiHeadAttention(2, 3)(q, v))
    return model, [floats(rng, 4, 4, 6), tokens(rng, 7, 4, 5)]


@predict_case
def mha_mask_given(rng):
    """Masks of value and key as arguments of the call."""
    q, v = keras.Input((4, 6), name="q"), keras.Input((5, 6), name="v")
    a = keras.Input((5,), dtype="bool", name="a")
    b = keras.Input((5,), dtype="bool", name="b")
    y = layers.MultiHeadAttention(2, 3)(q, v, v, value_mask=a, key_mask=b)
    return keras.Model([q, v, a, b], y), [
        floats(rng, 3, 4, 6),
        floats(rng, 3, 5, 6),
        see(rng, 3, 5),
        see(rng, 3, 5),
    ]


def block(x, heads, width, **call):
    """Attention and two dense layers, each with a residual and a normalization."""
    y = layers.MultiHeadAttention(heads, width)(x, x, **call)
    x = layers.LayerNormalization(epsilon=1e-6)(layers.add([x, y]))
    y = layers.Dense(x.shape[-1])(layers.Dense(8, activation="relu")(x))
    return layers.LayerNormalization(epsilon=1e-6)(layers.add([x, y]))


@predict_case
def transformer_encoder(rng):
    ids = keras.Input((6,), dtype="int32", name="ids")
    places = keras.Input((6,), dtype="int32", name="places")
    x = layers.add([layers.Embedding(9, 8)(ids), layers.Embedding(6, 8)(places)])
    x = block(block(x, 2, 4), 2, 4)
    model = keras.Model([ids, places], layers.Dense(2, activation="softmax")(layers.Flatten()(x)))
    return model, [ints(rng, 9, 3, 6), np.tile(np.arange(6, dtype="int32"), (3, 1))]


@predict_case
def transformer_decoder(rng):
    x, memory = keras.Input((5, 6), name="x"), keras.Input((7, 4), name="memory")
    y = block(x, 2, 3, use_causal_mask=True)
    y = layers.add([y, layers.MultiHeadAttention(2, 3, dropout=0.1)(y, memory)])
    return keras.Model([x, memory], layers.Dense(4)(y)), [floats(rng, 2, 5, 6), floats(rng, 2, 7, 4)]


def einsum_dense(rng, shape, equation, output_shape, **options):
    x = keras.Input(shape)
    layer = layers.EinsumDense(equation, output_shape=output_shape, **options)
    return keras.Model(x, layer(x)), floats(rng, 3, *shape)


@predict_case
def einsum_dense_plain(rng):
    return einsum_dense(rng, (5,), "ab,bc->ac", 4, bias_axes="c")


@predict_case
def einsum_dense_sequence(rng):
    return einsum_dense(rng, (4, 5), "abc,cd->abd", (4, 3), bias_axes="d", activation="relu")


@predict_case
def einsum_dense_heads(rng):
    return einsum_dense(rng, (4, 5), "abc,cde->abde", (4, 2, 3), bias_axes="de")


@predict_case
def einsum_dense_join(rng):
    return einsum_dense(rng, (4, 2, 3), "abcd,cde->abe", (4, 5), bias_axes="e")


@predict_case
def einsum_dense_ellipsis(rng):
    """Equal sizes: Keras gives the dimensions of `...` in reverse in the shapes that it shows."""
    return einsum_dense(rng, (4, 4, 5), "...x,xy->...y", 3, bias_axes="y")


@predict_case
def einsum_dense_right_ellipsis(rng):
    return einsum_dense(rng, (5, 4, 3), "ab...,bc->ac...", 6, bias_axes="c")


@predict_case
def einsum_dense_middle(rng):
    """The summed axis between two that stay; a bias for the first of them."""
    return einsum_dense(rng, (4, 5, 3), "abcd,ce->abed", (4, 6, 3), bias_axes="b")


@predict_case
def einsum_dense_per_place(rng):
    """A matrix of its own for each step: the step is an axis of all three."""
    return einsum_dense(rng, (4, 5), "abc,bcd->abd", (4, 3), bias_axes="bd")


@predict_case
def einsum_op(rng):
    a, b = keras.Input((4, 5), name="a"), keras.Input((3, 5), name="b")
    y = keras.ops.einsum("nij,nkj->nik", a, b)
    return keras.Model([a, b], y), [floats(rng, 2, 4, 5), floats(rng, 2, 3, 5)]


@predict_case
def einsum_op_transposed(rng):
    a, b = keras.Input((4, 2, 5), name="a"), keras.Input((3, 2, 5), name="b")
    y = keras.ops.einsum("aecd,abcd->acbe", a, b)
    return keras.Model([a, b], y), [floats(rng, 2, 4, 2, 5), floats(rng, 2, 3, 2, 5)]


def softmax_masked(rng, layer, shape, mask_shape):
    x = keras.Input(shape, name="x")
    mask = keras.Input(mask_shape, dtype="bool", name="mask")
    return keras.Model([x, mask], layer(x, mask=mask)), [
        floats(rng, 3, *shape),
        see(rng, 3, *mask_shape),
    ]


@predict_case
def softmax_mask(rng):
    return softmax_masked(rng, layers.Softmax(), (4, 5), (4, 5))


@predict_case
def softmax_mask_broadcast(rng):
    return softmax_masked(rng, layers.Softmax(), (4, 5), (1, 5))


@predict_case
def softmax_mask_axes(rng):
    return softmax_masked(rng, layers.Softmax(axis=(1, 2)), (4, 5), (4, 5))
