"""Train cases: the arguments of fit, and metrics."""

import keras
from keras import layers, losses, metrics, optimizers
from registry import Training, train_case

from data import floats, ints, one_hot

ROWS = 22
FIT = {"epochs": 3, "batch_size": 8}


def classifier(classes=3, loss="sparse_categorical_crossentropy", **options):
    inputs = keras.Input((5,))
    x = layers.Dense(6, activation="relu")(inputs)
    model = keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
    options.setdefault("metrics", ["accuracy"])
    model.compile(optimizers.SGD(0.1), loss=loss, **options)
    return model


@train_case
def one_batch(rng):
    """The whole data in one step, by the default batch size 32."""
    return Training(classifier(), floats(rng, ROWS, 5), ints(rng, 3, ROWS), {"epochs": 2})


@train_case
def batches_of_one_size(rng):
    return Training(classifier(), floats(rng, 16, 5), ints(rng, 3, 16), FIT)


@train_case
def last_batch_of_one(rng):
    return Training(classifier(), floats(rng, 17, 5), ints(rng, 3, 17), FIT)


@train_case
def sample_weight(rng):
    """Weighted and unweighted metrics side by side."""
    model = classifier(weighted_metrics=["accuracy"])
    weight = rng.uniform(0, 3, ROWS).astype("float32")
    return Training(model, floats(rng, ROWS, 5), ints(rng, 3, ROWS), FIT, weight)


@train_case
def class_weight(rng):
    """Class 1 is not named and counts once."""
    fit = FIT | {"class_weight": {"0": 0.5, "2": 3.0}}
    model = classifier(weighted_metrics=["accuracy"])
    return Training(model, floats(rng, ROWS, 5), ints(rng, 3, ROWS), fit)


@train_case
def class_weight_one_hot(rng):
    fit = FIT | {"class_weight": {"0": 0.5, "1": 2.0, "2": 1.5}}
    model = classifier(loss="categorical_crossentropy")
    return Training(model, floats(rng, ROWS, 5), one_hot(rng, 3, ROWS), fit)


@train_case
def validation_split(rng):
    fit = FIT | {"validation_split": 0.25}
    return Training(classifier(), floats(rng, ROWS, 5), ints(rng, 3, ROWS), fit)


@train_case
def validation_split_sample_weight(rng):
    fit = FIT | {"validation_split": 0.4}
    weight = rng.uniform(0.5, 2, ROWS).astype("float32")
    return Training(classifier(), floats(rng, ROWS, 5), ints(rng, 3, ROWS), fit, weight)


@train_case
def validation_data(rng):
    validation = (floats(rng, 11, 5), ints(rng, 3, 11))
    return Training(
        classifier(), floats(rng, ROWS, 5), ints(rng, 3, ROWS), FIT, validation=validation
    )


@train_case
def validation_data_sample_weight(rng):
    """Validation at a batch size of its own, every second epoch."""
    validation = (floats(rng, 11, 5), ints(rng, 3, 11), rng.uniform(0, 2, 11).astype("float32"))
    fit = FIT | {"epochs": 4, "validation_batch_size": 4, "validation_freq": 2}
    return Training(
        classifier(), floats(rng, ROWS, 5), ints(rng, 3, ROWS), fit, validation=validation
    )


@train_case
def initial_epoch(rng):
    """Epochs 2 and 3 only."""
    fit = FIT | {"epochs": 4, "initial_epoch": 2}
    return Training(classifier(), floats(rng, ROWS, 5), ints(rng, 3, ROWS), fit, warm_up=2)


@train_case
def metrics_binary(rng):
    inputs = keras.Input((5,))
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(inputs))
    model.compile(
        optimizers.SGD(0.3),
        loss="binary_crossentropy",
        metrics=[
            "accuracy",
            "binary_accuracy",
            metrics.BinaryAccuracy(name="strict", threshold=0.7),
        ],
    )
    return Training(model, floats(rng, ROWS, 5), ints(rng, 2, ROWS), FIT)


@train_case
def metrics_categorical(rng):
    model = classifier(
        loss=losses.CategoricalCrossentropy(),
        metrics=["accuracy", metrics.CategoricalAccuracy(name="right"), "acc"],
    )
    return Training(model, floats(rng, ROWS, 5), one_hot(rng, 3, ROWS), FIT)


@train_case
def metrics_sparse_categorical(rng):
    model = classifier(
        metrics=["accuracy", metrics.SparseCategoricalAccuracy(), "sparse_categorical_accuracy"],
        weighted_metrics=[metrics.SparseCategoricalAccuracy(name="weighted")],
    )
    weight = rng.uniform(0, 3, ROWS).astype("float32")
    return Training(model, floats(rng, ROWS, 5), ints(rng, 3, ROWS), FIT, weight)


@train_case
def metrics_top_k(rng):
    model = classifier(6, metrics=[metrics.SparseTopKCategoricalAccuracy(k=2)])
    return Training(model, floats(rng, ROWS, 5), ints(rng, 6, ROWS), FIT)


@train_case
def metrics_top_k_one_hot(rng):
    model = classifier(
        6, "categorical_crossentropy", metrics=[metrics.TopKCategoricalAccuracy(k=3, name="top3")]
    )
    return Training(model, floats(rng, ROWS, 5), one_hot(rng, 6, ROWS), FIT)


@train_case
def metrics_losses(rng):
    inputs = keras.Input((5,))
    model = keras.Model(inputs, layers.Dense(2)(inputs))
    model.compile(optimizers.SGD(0.1), loss="mse", metrics=["mae", "mse"], weighted_metrics=["mae"])
    weight = rng.uniform(0, 3, ROWS).astype("float32")
    return Training(model, floats(rng, ROWS, 5), floats(rng, ROWS, 2), FIT, weight)
