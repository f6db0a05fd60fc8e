"""Train cases: gradients through LSTM and GRU, with masks and states."""

import keras
from keras import layers, losses, optimizers
from registry import Training, register

from data import floats, ints, one_hot
from predict_recurrent import padded, scattered

ROWS = 12
FIT = {"epochs": 2, "batch_size": 5}
SPARSE = losses.SparseCategoricalCrossentropy(from_logits=True)


def case(name, build):
    register("train_" + name, "train", build)


def on_numbers(name, layer, optimizer=lambda: optimizers.SGD(0.2)):
    def build(rng):
        inputs = keras.Input((4, 3))
        model = keras.Model(inputs, layers.Dense(3)(layer()(inputs)))
        model.compile(optimizer(), loss=SPARSE, metrics=["accuracy"])
        return Training(model, floats(rng, ROWS, 4, 3), ints(rng, 3, ROWS), FIT)

    case(name, build)


def on_words(name, layer, ids, optimizer=lambda: optimizers.SGD(0.2)):
    def build(rng):
        inputs = keras.Input((None,), name="ids")
        x = layers.Embedding(6, 3, mask_zero=True)(inputs)
        model = keras.Model(inputs, layers.Dense(3)(layer(x)))
        model.compile(optimizer(), loss=SPARSE)
        return Training(model, ids(rng, 6, ROWS, 5), ints(rng, 3, ROWS), FIT)

    case(name, build)


for kind, extra in (("lstm", {}), ("gru", {}), ("gru_reset_before", {"reset_after": False})):

    def make(kind=kind, extra=extra, **arguments):
        cls = layers.LSTM if kind == "lstm" else layers.GRU
        return cls(4, **extra, **arguments)

    on_numbers(kind, make)
    on_numbers(f"{kind}_backwards", lambda make=make: make(go_backwards=True))
    on_words(f"{kind}_padded", lambda x, make=make: make()(x), padded)
    on_words(
        f"{kind}_scattered_twice",
        lambda x, make=make: make()(make(return_sequences=True)(x)),
        scattered,
    )

on_numbers("lstm_rmsprop", lambda: layers.LSTM(4), lambda: optimizers.RMSprop(0.01))
on_numbers("gru_adam", lambda: layers.GRU(4), lambda: optimizers.Adam(0.01))
on_numbers(
    "lstm_relu_hard_sigmoid",
    lambda: layers.LSTM(4, activation="relu", recurrent_activation="hard_sigmoid"),
)
on_numbers("lstm_silu", lambda: layers.LSTM(4, activation="silu"))
on_numbers("gru_softplus", lambda: layers.GRU(4, activation="softplus", use_bias=False))
on_numbers(
    "lstm_penalties",
    lambda: layers.LSTM(
        4,
        dropout=0.0,
        kernel_regularizer="l2",
        recurrent_regularizer="l1",
        bias_regularizer="l2",
        recurrent_constraint="unit_norm",
    ),
)
on_words(
    "lstm_backwards_scattered", lambda x: layers.LSTM(4, go_backwards=True)(x), scattered
)


def sequence_labels(rng):
    """A label for each step: the loss leaves masked steps out."""
    inputs = keras.Input((None,), name="ids")
    x = layers.Embedding(6, 3, mask_zero=True)(inputs)
    x = layers.LSTM(4, return_sequences=True)(x)
    model = keras.Model(inputs, layers.Dense(3)(x))
    model.compile(optimizers.SGD(0.2), loss=SPARSE)
    return Training(model, padded(rng, 6, ROWS, 5), ints(rng, 3, ROWS, 5), FIT)


case("lstm_sequence_labels", sequence_labels)


def encoder_decoder(rng):
    """Gradients through final states and initial states."""
    source, target = keras.Input((None, 3), name="source"), keras.Input((None, 2), name="target")
    _, h, c = layers.LSTM(4, return_state=True)(source)
    x = layers.LSTM(4, return_sequences=True)(target, initial_state=[h, c])
    model = keras.Model([source, target], layers.Dense(3)(x))
    model.compile(optimizers.SGD(0.2), loss=SPARSE)
    x = {"source": floats(rng, ROWS, 4, 3), "target": floats(rng, ROWS, 5, 2)}
    return Training(model, x, ints(rng, 3, ROWS, 5), FIT)


case("lstm_encoder_decoder", encoder_decoder)


def state_outputs(rng):
    inputs = keras.Input((4, 3))
    y, h = layers.GRU(4, return_sequences=True, return_state=True)(inputs)
    x = layers.concatenate([layers.Flatten()(y), h])
    model = keras.Model(inputs, layers.Dense(3)(x))
    model.compile(optimizers.SGD(0.1), loss=SPARSE)
    return Training(model, floats(rng, ROWS, 4, 3), ints(rng, 3, ROWS), FIT)


case("gru_sequences_and_state", state_outputs)


# No case trains a stateful layer: Keras on torch cannot (its state is changed in place between batches).


def tickets(rng):
    title, body = keras.Input((None,), name="title"), keras.Input((None,), name="body")
    tags = keras.Input((3,), name="tags")
    t = layers.LSTM(5)(layers.Embedding(7, 4, mask_zero=True)(title))
    b = layers.LSTM(3)(layers.Embedding(9, 4, mask_zero=True)(body))
    x = layers.concatenate([t, b, tags])
    outputs = {
        "priority": layers.Dense(1, name="priority")(x),
        "department": layers.Dense(4, name="department")(x),
    }
    model = keras.Model([title, body, tags], outputs, name="tickets")
    model.compile(
        optimizers.RMSprop(1e-3),
        loss={
            "priority": losses.BinaryCrossentropy(from_logits=True),
            "department": losses.CategoricalCrossentropy(from_logits=True),
        },
        loss_weights={"priority": 1.0, "department": 0.2},
    )
    x = {
        "title": padded(rng, 7, ROWS, 4),
        "body": scattered(rng, 9, ROWS, 7),
        "tags": floats(rng, ROWS, 3),
    }
    y = {"priority": ints(rng, 2, ROWS, 1, dtype="float32"), "department": one_hot(rng, 4, ROWS)}
    return Training(model, x, y, FIT)


case("tickets_masked", tickets)
