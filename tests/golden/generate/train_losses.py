"""Train cases: every loss with its options, all under SGD."""

import keras
from keras import layers, losses
from registry import Training, train_case

from data import floats, ints, one_hot

ROWS = 22
FIT = {"epochs": 3, "batch_size": 8}


def mlp(units, activation=None):
    inputs = keras.Input((5,))
    x = layers.Dense(7, activation="tanh")(inputs)
    return keras.Model(inputs, layers.Dense(units, activation=activation)(x))


def regression(rng, loss, units=2, **options):
    model = mlp(units)
    model.compile(keras.optimizers.SGD(0.05), loss=loss, **options)
    return Training(model, floats(rng, ROWS, 5), floats(rng, ROWS, units), FIT)


def classification(rng, loss, y, units=4, activation=None, metrics=("accuracy",)):
    model = mlp(units, activation)
    model.compile(keras.optimizers.SGD(0.1), loss=loss, metrics=list(metrics))
    return Training(model, floats(rng, ROWS, 5), y, FIT)


@train_case
def mean_squared_error(rng):
    return regression(rng, losses.MeanSquaredError())


@train_case
def mean_squared_error_string(rng):
    """The loss by its short name, one target per row given as (N,) for outputs (N, 1)."""
    training = regression(rng, "mse", units=1)
    return Training(training.model, training.x, training.y[:, 0], FIT)


@train_case
def mean_absolute_error(rng):
    return regression(rng, losses.MeanAbsoluteError())


@train_case
def mean_absolute_error_string(rng):
    return regression(rng, "mean_absolute_error")


@train_case
def reduction_sum(rng):
    return regression(rng, losses.MeanSquaredError(reduction="sum"))


@train_case
def reduction_mean_with_sample_weight(rng):
    t = regression(rng, losses.MeanSquaredError(reduction="mean_with_sample_weight"))
    weight = rng.uniform(0.5, 2.0, ROWS).astype("float32")
    return Training(t.model, t.x, t.y, FIT, sample_weight=weight)


@train_case
def binary_crossentropy(rng):
    y = ints(rng, 2, ROWS, 1, dtype="float32")
    return classification(rng, losses.BinaryCrossentropy(), y, 1, "sigmoid")


@train_case
def binary_crossentropy_logits(rng):
    y = ints(rng, 2, ROWS)
    metric = keras.metrics.BinaryAccuracy(threshold=0.0)
    return classification(rng, losses.BinaryCrossentropy(from_logits=True), y, 1, metrics=[metric])


@train_case
def binary_crossentropy_smoothing(rng):
    """Several labels per row."""
    y = ints(rng, 2, ROWS, 3, dtype="float32")
    loss = losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)
    return classification(rng, loss, y, 3, metrics=["binary_accuracy"])


@train_case
def categorical_crossentropy(rng):
    y = one_hot(rng, 4, ROWS)
    return classification(rng, "categorical_crossentropy", y, 4, "softmax")


@train_case
def categorical_crossentropy_logits(rng):
    y = one_hot(rng, 4, ROWS)
    loss = losses.CategoricalCrossentropy(from_logits=True)
    return classification(rng, loss, y, metrics=["acc", "categorical_accuracy"])


@train_case
def categorical_crossentropy_smoothing(rng):
    y = one_hot(rng, 4, ROWS)
    loss = losses.CategoricalCrossentropy(label_smoothing=0.1)
    return classification(rng, loss, y, 4, "softmax")


@train_case
def sparse_categorical_crossentropy(rng):
    y = ints(rng, 4, ROWS, dtype="uint8")
    return classification(rng, "sparse_categorical_crossentropy", y, 4, "softmax")


@train_case
def sparse_categorical_crossentropy_logits(rng):
    """Labels of shape (N, 1)."""
    y = ints(rng, 4, ROWS, 1, dtype="int64")
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return classification(rng, loss, y, metrics=["accuracy", "sparse_categorical_accuracy"])


@train_case
def sparse_categorical_crossentropy_ignore(rng):
    """Rows of class 3 do not count."""
    y = ints(rng, 4, ROWS)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=3)
    return classification(rng, loss, y, metrics=())


@train_case
def sparse_categorical_crossentropy_sequence(rng):
    """A class for every step of a sequence."""
    inputs = keras.Input((3, 5))
    model = keras.Model(inputs, layers.Dense(4)(layers.Dense(6, activation="relu")(inputs)))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss=loss, metrics=["accuracy"])
    return Training(model, floats(rng, ROWS, 3, 5), ints(rng, 4, ROWS, 3), FIT)
