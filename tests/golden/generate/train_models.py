"""Train cases: layers with a training mode, graphs with several outputs, regularizers."""

import keras
from keras import layers, losses, optimizers, regularizers
from registry import Training, train_case

from data import floats, ints, one_hot

ROWS = 22
FIT = {"epochs": 3, "batch_size": 8}
SPARSE = losses.SparseCategoricalCrossentropy(from_logits=True)


def classifier(rng, model, optimizer, shape=(5,), classes=3, **extra):
    """Compiles for labels 0..classes-1 and adds data."""
    model.compile(optimizer, loss=SPARSE, metrics=["accuracy"])
    return Training(model, floats(rng, ROWS, *shape), ints(rng, classes, ROWS), FIT, **extra)


@train_case
def batch_normalization(rng):
    """No bias before the normalization: its gradient would be noise around zero."""
    inputs = keras.Input((5,))
    x = layers.Dense(8, use_bias=False)(inputs)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(x)), optimizers.SGD(0.05))


@train_case
def batch_normalization_options(rng):
    """Rank 3, another axis and momentum, no gamma; Adam."""
    inputs = keras.Input((4, 3))
    x = layers.BatchNormalization(axis=1, momentum=0.8, scale=False)(inputs)
    x = layers.Dense(3)(layers.Flatten()(x))
    return classifier(rng, keras.Model(inputs, x), optimizers.Adam(0.01), (4, 3))


@train_case
def batch_normalization_shared(rng):
    """One layer called twice: the second call sees the statistics of the first."""
    inputs = keras.Input((5,))
    norm = layers.BatchNormalization(momentum=0.7)
    x = layers.Dense(5, activation="tanh", use_bias=False)(norm(inputs))
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(norm(x))), optimizers.SGD(0.05))


@train_case
def batch_normalization_frozen(rng):
    """A frozen layer normalizes with its moving statistics and keeps them."""
    inputs = keras.Input((5,))
    norm = layers.BatchNormalization()
    norm.trainable = False
    x = norm(layers.Dense(6)(inputs))
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(x)), optimizers.RMSprop(0.005))


@train_case
def layer_normalization(rng):
    inputs = keras.Input((5,))
    x = layers.LayerNormalization()(layers.Dense(8, activation="tanh")(inputs))
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(x)), optimizers.SGD(0.05))


@train_case
def layer_normalization_axes(rng):
    inputs = keras.Input((4, 3))
    x = layers.LayerNormalization(axis=[1, 2], epsilon=1e-5)(inputs)
    x = layers.Dense(3)(layers.Flatten()(x))
    return classifier(rng, keras.Model(inputs, x), optimizers.SGD(0.05), (4, 3))


def embedding_training(rng, optimizer):
    inputs = keras.Input((4,))
    x = layers.Flatten()(layers.Embedding(6, 3)(inputs))
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile(optimizer, loss=SPARSE, metrics=["accuracy"])
    return Training(model, ints(rng, 6, ROWS, 4), ints(rng, 2, ROWS), FIT)


@train_case
def embedding_sgd(rng):
    """Ids occur several times in a batch: their gradients add up."""
    return embedding_training(rng, optimizers.SGD(0.1))


@train_case
def embedding_rmsprop(rng):
    return embedding_training(rng, optimizers.RMSprop(0.005))


@train_case
def embedding_adam(rng):
    return embedding_training(rng, optimizers.Adam(0.01))


@train_case
def dropout_of_nothing(rng):
    inputs = keras.Input((5,))
    x = layers.Dropout(0.0)(layers.Dense(6, activation="relu")(inputs))
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(x)), optimizers.SGD(0.1))


@train_case
def activations(rng):
    """The gradients of many activations in one stack."""
    inputs = x = keras.Input((5,))
    for name in (
        "elu selu gelu silu softplus softsign exponential sigmoid hard_sigmoid leaky_relu mish"
        " relu6 softmax log_softmax"
    ).split():
        x = layers.Dense(6, activation=name)(x)
        x = layers.LayerNormalization()(x) if name in ("sigmoid", "mish") else x
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(x)), optimizers.SGD(0.02))


@train_case
def rescaling_reshape(rng):
    inputs = keras.Input((2, 3))
    x = layers.Reshape((3, 2))(layers.Rescaling(0.5, offset=-0.1)(inputs))
    x = layers.Flatten()(layers.Dense(4, activation="relu")(x))
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(x)), optimizers.SGD(0.1), (2, 3))


@train_case
def merging(rng):
    inputs = keras.Input((5,))
    a, b = layers.Dense(6, activation="tanh")(inputs), layers.Dense(6)(inputs)
    x = layers.Concatenate()([layers.Add()([a, b]), layers.Multiply()([a, b]), inputs])
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(x)), optimizers.SGD(0.1))


@train_case
def shared_layer(rng):
    inputs = keras.Input((5,))
    shared = layers.Dense(5, activation="tanh")
    x = layers.Dense(3)(shared(shared(inputs)))
    return classifier(rng, keras.Model(inputs, x), optimizers.SGD(0.1, momentum=0.5))


@train_case
def nested_model(rng):
    inner_inputs = keras.Input((5,))
    x = layers.Dense(6, use_bias=False)(inner_inputs)
    inner = keras.Model(inner_inputs, layers.BatchNormalization()(x), name="inner")
    inputs = keras.Input((5,))
    return classifier(
        rng, keras.Model(inputs, layers.Dense(3)(inner(inputs))), optimizers.SGD(0.05)
    )


@train_case
def operators(rng):
    inputs = keras.Input((5,))
    x = layers.Dense(6, activation="tanh")(inputs)
    gate = keras.ops.sigmoid(layers.Dense(6)(inputs))
    x = x * gate + (1 - gate) / 2
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(-x)), optimizers.SGD(0.1))


@train_case
def frozen_layer(rng):
    inputs = keras.Input((5,))
    x = layers.Dense(6, activation="tanh", trainable=False)(inputs)
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(x)), optimizers.Adam(0.01))


@train_case
def regularizers_l1_l2(rng):
    """`loss` includes the penalties."""
    inputs = keras.Input((5,))
    x = layers.Dense(
        6,
        activation="tanh",
        kernel_regularizer=regularizers.L2(0.01),
        bias_regularizer=regularizers.L1(0.02),
    )(inputs)
    x = layers.Dense(3, kernel_regularizer=regularizers.L1L2(l1=0.005, l2=0.01))(x)
    return classifier(rng, keras.Model(inputs, x), optimizers.SGD(0.1))


@train_case
def regularizer_of_activity(rng):
    """The penalty on the output is divided by the batch size."""
    inputs = keras.Input((5,))
    x = layers.Dense(6, activation="tanh", activity_regularizer=regularizers.L2(0.05))(inputs)
    return classifier(rng, keras.Model(inputs, layers.Dense(3)(x)), optimizers.SGD(0.1))


@train_case
def constraints(rng):
    inputs = keras.Input((5,))
    x = layers.Dense(6, activation="tanh", kernel_constraint=keras.constraints.MaxNorm(0.8))(inputs)
    x = layers.Dense(6, activation="relu", kernel_constraint="non_neg")(x)
    x = layers.Dense(3, kernel_constraint=keras.constraints.UnitNorm())(x)
    return classifier(rng, keras.Model(inputs, x), optimizers.SGD(0.1))


def two_outputs(as_dict):
    inputs = keras.Input((5,), name="features")
    x = layers.Dense(6, activation="tanh")(inputs)
    priority = layers.Dense(1, name="priority")(x)
    department = layers.Dense(3, name="department")(x)
    outputs = (
        {"priority": priority, "department": department} if as_dict else [priority, department]
    )
    return keras.Model(inputs, outputs)


def two_targets(rng):
    return {"priority": ints(rng, 2, ROWS, 1, dtype="float32"), "department": one_hot(rng, 3, ROWS)}


def two_losses():
    return {
        "priority": losses.BinaryCrossentropy(from_logits=True),
        "department": losses.CategoricalCrossentropy(from_logits=True),
    }


@train_case
def outputs_dict(rng):
    model = two_outputs(as_dict=True)
    model.compile(
        optimizers.RMSprop(0.005),
        loss=two_losses(),
        loss_weights={"priority": 1.0, "department": 0.2},
        metrics={"department": ["accuracy"]},
    )
    return Training(model, floats(rng, ROWS, 5), two_targets(rng), FIT)


@train_case
def outputs_list(rng):
    """Losses, weights, metrics and targets as lists in the order of the outputs."""
    model = two_outputs(as_dict=False)
    model.compile(
        optimizers.SGD(0.1),
        loss=list(two_losses().values()),
        loss_weights=[0.5, 2.0],
        metrics=[["mae"], ["accuracy", "mse"]],
    )
    return Training(model, floats(rng, ROWS, 5), list(two_targets(rng).values()), FIT)


@train_case
def outputs_list_named_losses(rng):
    """A list of outputs, but losses, weights and targets by the outputs' names."""
    model = two_outputs(as_dict=False)
    model.compile(
        optimizers.SGD(0.1), loss=two_losses(), loss_weights={"priority": 0.7, "department": 0.3}
    )
    return Training(model, floats(rng, ROWS, 5), two_targets(rng), FIT)


@train_case
def outputs_one_loss_for_all(rng):
    model = two_outputs(as_dict=True)
    model.compile(optimizers.SGD(0.1), loss="mse")
    return Training(model, floats(rng, ROWS, 5), two_targets(rng), FIT)


@train_case
def outputs_sample_weight(rng):
    """A weight array for each output, and validation."""
    model = two_outputs(as_dict=True)
    model.compile(
        optimizers.SGD(0.1), loss=two_losses(), weighted_metrics={"department": ["accuracy"]}
    )
    weights = {
        "priority": rng.uniform(0.5, 2, ROWS).astype("float32"),
        "department": rng.uniform(0.5, 2, ROWS).astype("float32"),
    }
    validation = (floats(rng, 9, 5), {k: v[:9] for k, v in two_targets(rng).items()})
    return Training(model, floats(rng, ROWS, 5), two_targets(rng), FIT, weights, validation)


@train_case
def inputs_dict(rng):
    a, b = keras.Input((3,), name="title"), keras.Input((2,), name="tags")
    x = layers.Dense(5, activation="relu")(layers.concatenate([a, b]))
    model = keras.Model({"title": a, "tags": b}, layers.Dense(3)(x))
    model.compile(optimizers.SGD(0.1), loss=SPARSE, metrics=["accuracy"])
    x = {"title": floats(rng, ROWS, 3), "tags": floats(rng, ROWS, 2)}
    return Training(model, x, ints(rng, 3, ROWS), FIT)


@train_case
def tickets(rng):
    """Two texts and tags in, priority and department out, RMSprop."""
    title, body = keras.Input((4,), name="title"), keras.Input((6,), name="body")
    tags = keras.Input((3,), name="tags")
    t = layers.Flatten()(layers.Embedding(7, 3)(title))
    b = layers.Flatten()(layers.Embedding(7, 2)(body))
    x = layers.concatenate([t, b, tags])
    outputs = {
        "priority": layers.Dense(1, name="priority")(x),
        "department": layers.Dense(3, name="department")(x),
    }
    model = keras.Model([title, body, tags], outputs, name="tickets")
    model.compile(
        optimizers.RMSprop(1e-3),
        loss=two_losses(),
        loss_weights={"priority": 1.0, "department": 0.2},
    )
    x = {
        "title": ints(rng, 7, ROWS, 4),
        "body": ints(rng, 7, ROWS, 6),
        "tags": floats(rng, ROWS, 3),
    }
    return Training(model, x, two_targets(rng), FIT)
