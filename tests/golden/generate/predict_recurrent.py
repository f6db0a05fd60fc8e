"""Predict cases: LSTM and GRU, with masks, states and every argument that changes what they compute."""

import keras
import numpy as np
from keras import layers
from registry import predict_case, register, Prediction

from data import floats, ints


def padded(rng, high, rows, length):
    """Token ids with 0 on the right; each row has at least one word."""
    ids = ints(rng, high - 1, rows, length) + 1
    for row, words in enumerate(rng.integers(1, length + 1, rows)):
        ids[row, words:] = 0
    return ids


def scattered(rng, high, rows, length):
    """Token ids with 0 anywhere, the first step included; the last row is all padding."""
    ids = ints(rng, high, rows, length)
    ids[0, 0] = 0
    ids[1, -1] = 0
    ids[-1] = 0
    return ids


def simple(name, layer, steps=4, length=4):
    """A case of one layer on x [3, steps, 5]; `layer` makes it."""

    def build(rng):
        inputs = keras.Input((length, 5))
        return Prediction(keras.Model(inputs, layer()(inputs)), floats(rng, 3, steps, 5))

    register(name, "predict", build)


def masked(name, layer, ids=padded, **embedding):
    """A case of one layer behind an Embedding with mask_zero."""

    def build(rng):
        inputs = keras.Input((None,), name="ids")
        x = layers.Embedding(7, 4, mask_zero=True, **embedding)(inputs)
        return Prediction(keras.Model(inputs, layer()(x)), ids(rng, 7, 5, 6))

    register(name, "predict", build)


SEQUENCES = {"return_sequences": True}

for kind, extra in (("lstm", {}), ("gru", {}), ("gru_reset_before", {"reset_after": False})):

    def make(units=3, kind=kind, extra=extra, **arguments):
        cls = layers.LSTM if kind == "lstm" else layers.GRU
        return lambda: cls(units, **extra, **arguments)

    simple(kind, make())
    simple(f"{kind}_sequences", make(**SEQUENCES))
    simple(f"{kind}_backwards", make(go_backwards=True))
    simple(f"{kind}_backwards_sequences", make(go_backwards=True, **SEQUENCES))
    simple(f"{kind}_no_bias", make(use_bias=False))
    simple(f"{kind}_state", make(return_state=True))
    simple(f"{kind}_sequences_state", make(units=17, return_state=True, **SEQUENCES), length=None)
    masked(f"{kind}_masked_padded", make())
    masked(f"{kind}_masked_scattered", make(), scattered)
    masked(f"{kind}_masked_sequences", make(**SEQUENCES), scattered)
    masked(f"{kind}_masked_backwards", make(go_backwards=True, **SEQUENCES), scattered)
    simple(f"{kind}_hard_sigmoid", make(recurrent_activation="hard_sigmoid", activation="relu"))

for name in ("elu", "softsign", "linear", "gelu", "silu", "softmax"):
    simple(f"lstm_{name}", lambda name=name: layers.LSTM(3, activation=name))
    simple(f"gru_{name}", lambda name=name: layers.GRU(3, activation=name))


@predict_case
def lstm_gelu_masked(rng):
    """An activation for which weft writes the loop out."""
    inputs = keras.Input((6,), name="ids")
    x = layers.Embedding(7, 4, mask_zero=True)(inputs)
    x = layers.LSTM(3, activation="gelu", recurrent_activation="gelu", return_sequences=True)(x)
    return keras.Model(inputs, x), scattered(rng, 7, 4, 6)


@predict_case
def lstm_options_without_effect(rng):
    inputs = keras.Input((4, 5))
    x = layers.LSTM(3, dropout=0.3, recurrent_dropout=0.2, unroll=True, seed=3)(inputs)
    return keras.Model(inputs, x), floats(rng, 3, 4, 5)


@predict_case
def lstm_no_unit_forget_bias(rng):
    inputs = keras.Input((4, 5))
    x = layers.LSTM(3, unit_forget_bias=False, kernel_regularizer="l2", bias_constraint="max_norm")
    return keras.Model(inputs, x(inputs)), floats(rng, 3, 4, 5)


@predict_case
def lstm_initial_state(rng):
    x, h, c = keras.Input((None, 5), name="x"), keras.Input((3,), name="h"), keras.Input((3,))
    y = layers.LSTM(3, return_state=True)(x, initial_state=[h, c])
    return keras.Model([x, h, c], y), [floats(rng, 2, 4, 5), floats(rng, 2, 3), floats(rng, 2, 3)]


@predict_case
def gru_initial_state(rng):
    x, h = keras.Input((None, 5), name="x"), keras.Input((3,), name="h")
    y = layers.GRU(3, return_sequences=True)(x, initial_state=h)
    return keras.Model([x, h], y), [floats(rng, 2, 4, 5), floats(rng, 2, 3)]


@predict_case
def lstm_encoder_decoder(rng):
    source, target = keras.Input((None,), name="source"), keras.Input((None,), name="target")
    words = layers.Embedding(7, 4, mask_zero=True)
    _, h, c = layers.LSTM(3, return_state=True)(words(source))
    decoder = layers.LSTM(3, return_sequences=True)
    y = layers.Dense(7)(decoder(words(target), initial_state=[h, c]))
    return keras.Model([source, target], y), [padded(rng, 7, 3, 5), padded(rng, 7, 3, 4)]


@predict_case
def gru_encoder_decoder_explicit_mask(rng):
    """The mask handed over with the state."""
    source, target = keras.Input((None,), name="source"), keras.Input((None,), name="target")
    _, h = layers.GRU(3, return_state=True)(layers.Embedding(7, 4, mask_zero=True)(source))
    mask = keras.ops.not_equal(target, 0)
    x = layers.Embedding(7, 4)(target)
    y = layers.GRU(3)(x, initial_state=h, mask=mask)
    # A first step that is masked: the backends disagree on its output, not on the state.
    ids = padded(rng, 7, 3, 4)
    return keras.Model([source, target], y), [padded(rng, 7, 3, 5), ids]


@predict_case
def lstm_stateful(rng):
    """Two batches of two: the second begins where the first ended."""
    inputs = keras.Input(batch_shape=(2, 4, 5))
    return keras.Model(inputs, layers.LSTM(3, stateful=True)(inputs)), floats(rng, 2, 4, 5)


@predict_case
def gru_stateful_masked(rng):
    inputs = keras.Input(batch_shape=(4, 6), name="ids")
    x = layers.Embedding(7, 4, mask_zero=True)(inputs)
    return keras.Model(inputs, layers.GRU(3, stateful=True)(x)), scattered(rng, 7, 4, 6)


@predict_case
def lstm_stacked(rng):
    inputs = keras.Input((None,), name="ids")
    x = layers.Embedding(7, 4, mask_zero=True)(inputs)
    x = layers.LSTM(16, return_sequences=True)(x)
    x = layers.GRU(9, return_sequences=True, go_backwards=False)(x)
    return keras.Model(inputs, layers.Dense(2)(layers.LSTM(5)(x))), scattered(rng, 7, 5, 6)


@predict_case
def lstm_shared(rng):
    """One layer on two texts."""
    a, b = keras.Input((None,), name="a"), keras.Input((None,), name="b")
    words, lstm = layers.Embedding(7, 4, mask_zero=True), layers.LSTM(3)
    x = layers.concatenate([lstm(words(a)), lstm(words(b))])
    return keras.Model([a, b], layers.Dense(2)(x)), [padded(rng, 7, 3, 5), scattered(rng, 7, 3, 4)]


@predict_case
def lstm_sequential(rng):
    model = keras.Sequential(
        [
            keras.Input((None,)),
            layers.Embedding(7, 4, mask_zero=True),
            layers.LSTM(4, return_sequences=True),
            layers.GRU(3),
            layers.Dense(2, activation="softmax"),
        ]
    )
    return model, scattered(rng, 7, 5, 6)


def with_zeros(rng):
    x = floats(rng, 3, 5, 2)
    x[0, 3:] = 0
    x[1, 1] = 0
    x[2, 0, 0] = 0
    return x


@predict_case
def masking(rng):
    inputs = keras.Input((None, 2))
    return keras.Model(inputs, layers.Masking()(inputs)), with_zeros(rng)


@predict_case
def masking_lstm(rng):
    inputs = keras.Input((5, 2))
    x = layers.LSTM(3, return_sequences=True)(layers.Masking()(inputs))
    return keras.Model(inputs, x), with_zeros(rng)


@predict_case
def masking_value_gru(rng):
    inputs = keras.Input((5, 2))
    x = layers.GRU(3, go_backwards=True)(layers.Masking(mask_value=-1.0)(inputs))
    return keras.Model(inputs, x), np.where(with_zeros(rng) == 0, np.float32(-1), with_zeros(rng))


@predict_case
def tickets_masked(rng):
    """Two texts of unlike length with masks, tags; two outputs."""
    title, body = keras.Input((None,), name="title"), keras.Input((None,), name="body")
    tags = keras.Input((3,), name="tags")
    t = layers.LSTM(5)(layers.Embedding(7, 4, mask_zero=True)(title))
    b = layers.LSTM(3)(layers.Embedding(9, 4, mask_zero=True)(body))
    x = layers.concatenate([t, b, tags])
    outputs = {
        "priority": layers.Dense(1, activation="sigmoid", name="priority")(x),
        "department": layers.Dense(4, activation="softmax", name="department")(x),
    }
    data = {"title": padded(rng, 7, 4, 5), "body": scattered(rng, 9, 4, 8), "tags": floats(rng, 4, 3)}
    return keras.Model([title, body, tags], outputs, name="tickets"), data
