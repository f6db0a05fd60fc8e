"""Predict cases: Dense and the options that every layer with weights shares."""

import keras
from keras import layers
from registry import predict_case

from data import floats


@predict_case
def dense_linear(rng):
    return keras.Sequential([keras.Input((5,)), layers.Dense(3)]), floats(rng, 4, 5)


@predict_case
def dense_no_bias(rng):
    inputs = keras.Input((5,))
    return keras.Model(inputs, layers.Dense(3, use_bias=False)(inputs)), floats(rng, 4, 5)


@predict_case
def dense_rank3(rng):
    inputs = keras.Input((4, 5))
    return keras.Model(inputs, layers.Dense(3, activation="tanh")(inputs)), floats(rng, 3, 4, 5)


@predict_case
def dense_rank4(rng):
    inputs = keras.Input((2, 3, 5))
    return keras.Model(inputs, layers.Dense(4, activation="relu")(inputs)), floats(rng, 3, 2, 3, 5)


@predict_case
def dense_none_length(rng):
    inputs = keras.Input((None, 5), name="sequence")
    return keras.Model(inputs, layers.Dense(3)(inputs)), floats(rng, 3, 7, 5)


@predict_case
def dense_fixed_batch(rng):
    inputs = keras.Input((5,), batch_size=4)
    return keras.Model(inputs, layers.Dense(3)(inputs)), floats(rng, 4, 5)


@predict_case
def dense_one_unit(rng):
    inputs = keras.Input((1,))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(inputs)), floats(rng, 5, 1)


@predict_case
def dense_more_than_one_batch(rng):
    """40 rows: predict takes 32 and then 8."""
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(2)(inputs)), floats(rng, 40, 3)


@predict_case
def mlp_sequential(rng):
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, activation="relu", name="hidden"),
            layers.Dense(8, activation="relu"),
            layers.Dense(4, activation="softmax", name="classes"),
        ],
        name="mlp",
    )
    return model, floats(rng, 6, 6)


@predict_case
def mlp_functional(rng):
    inputs = keras.Input((8,))
    x = layers.Dense(6, activation="relu")(inputs)
    x = layers.Dense(6, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(4)(x), name="mnist_model"), floats(rng, 5, 8)


@predict_case
def dense_initializers(rng):
    """The values come from the file; what counts is that every configuration is read."""
    inputs = x = keras.Input((4,))
    for kernel, bias in (
        ("glorot_normal", "ones"),
        ("he_normal", keras.initializers.Constant(0.5)),
        ("lecun_uniform", keras.initializers.RandomUniform(-0.1, 0.1, seed=3)),
        (keras.initializers.RandomNormal(mean=0.1, stddev=0.2, seed=7), "zeros"),
        (keras.initializers.TruncatedNormal(stddev=0.3), "random_normal"),
        (keras.initializers.VarianceScaling(2.0, "fan_out", "uniform"), "random_uniform"),
        (keras.initializers.Orthogonal(gain=0.9), "zeros"),
        (keras.initializers.Identity(gain=1.1), "zeros"),
        ("he_uniform", "zeros"),
        ("lecun_normal", "zeros"),
    ):
        x = layers.Dense(4, kernel_initializer=kernel, bias_initializer=bias)(x)
    return keras.Model(inputs, x), floats(rng, 3, 4)


@predict_case
def dense_regularizers(rng):
    inputs = keras.Input((4,))
    x = layers.Dense(5, kernel_regularizer="l2", bias_regularizer="l1")(inputs)
    x = layers.Dense(
        5,
        kernel_regularizer=keras.regularizers.L1L2(l1=0.01, l2=0.02),
        activity_regularizer=keras.regularizers.L2(0.03),
    )(x)
    return keras.Model(inputs, x), floats(rng, 3, 4)


@predict_case
def dense_constraints(rng):
    inputs = keras.Input((4,))
    x = layers.Dense(5, kernel_constraint=keras.constraints.MaxNorm(1.5, axis=0))(inputs)
    x = layers.Dense(5, kernel_constraint="non_neg", bias_constraint="non_neg")(x)
    x = layers.Dense(3, kernel_constraint=keras.constraints.UnitNorm(axis=1))(x)
    return keras.Model(inputs, x), floats(rng, 3, 4)


@predict_case
def dense_frozen(rng):
    inputs = keras.Input((4,))
    x = layers.Dense(5, trainable=False, name="frozen")(inputs)
    return keras.Model(inputs, layers.Dense(2)(x)), floats(rng, 3, 4)


@predict_case
def dense_activations(rng):
    """An activation inside Dense, on a deep stack."""
    inputs = x = keras.Input((6,))
    for name in ("relu", "tanh", "sigmoid", "elu", "gelu", "silu", "softplus", "softmax"):
        x = layers.Dense(6, activation=name)(x)
    return keras.Model(inputs, x), floats(rng, 4, 6)


@predict_case
def input_float64_array(rng):
    """float64 data is cast to float32 on its way into the model."""
    inputs = keras.Input((5,))
    return keras.Model(inputs, layers.Dense(3)(inputs)), rng.standard_normal((4, 5))


@predict_case
def input_integer_array(rng):
    """Integers are cast to the dtype of the Input."""
    inputs = keras.Input((5,))
    return keras.Model(inputs, layers.Dense(3)(inputs)), rng.integers(-4, 5, (4, 5))


@predict_case
def input_rank_one_array(rng):
    """An array of shape (N,) feeds an Input of shape (1,)."""
    inputs = keras.Input((1,))
    return keras.Model(inputs, layers.Dense(3)(inputs)), floats(rng, 6)
