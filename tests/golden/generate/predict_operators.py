"""Predict cases: op nodes in the graph, from operators and from `keras.ops`."""

import keras
from keras import layers, ops
from registry import predict_case

from data import floats


@predict_case
def operator_scalars(rng):
    x = inputs = keras.Input((4,))
    outputs = [x + 1, 2 + x, x - 0.5, 1.5 - x, x * 2, 3.0 * x, x / 2, -x]
    return keras.Model(inputs, outputs), floats(rng, 3, 4)


@predict_case
def operator_reciprocal(rng):
    inputs = keras.Input((4,))
    return keras.Model(inputs, 1 / (inputs * inputs + 1)), floats(rng, 3, 4)


@predict_case
def operator_tensors(rng):
    x, y = keras.Input((4,), name="x"), keras.Input((4,), name="y")
    return keras.Model([x, y], [x + y, x - y, x * y, x / (y * y + 1)]), [
        floats(rng, 3, 4),
        floats(rng, 3, 4),
    ]


@predict_case
def operator_broadcast(rng):
    x, y = keras.Input((3, 4), name="x"), keras.Input((1, 4), name="y")
    return keras.Model([x, y], x * y + x), [floats(rng, 2, 3, 4), floats(rng, 2, 1, 4)]


@predict_case
def operator_power(rng):
    inputs = keras.Input((4,))
    return keras.Model(inputs, inputs**2), floats(rng, 3, 4)


@predict_case
def operator_abs(rng):
    inputs = keras.Input((4,))
    return keras.Model(inputs, abs(inputs)), floats(rng, 3, 4)


@predict_case
def operator_getitem(rng):
    inputs = keras.Input((6, 4))
    outputs = [inputs[:, 0], inputs[:, -1], inputs[:, 1:3], inputs[:, :, 2], inputs[:, ::2, 1:]]
    return keras.Model(inputs, outputs), floats(rng, 3, 6, 4)


@predict_case
def operator_getitem_ellipsis(rng):
    inputs = keras.Input((6, 4))
    return keras.Model(inputs, inputs[..., 1]), floats(rng, 3, 6, 4)


@predict_case
def operator_matmul(rng):
    a, b = keras.Input((3, 4), name="a"), keras.Input((4, 2), name="b")
    return keras.Model([a, b], a @ b), [floats(rng, 2, 3, 4), floats(rng, 2, 4, 2)]


@predict_case
def ops_matmul(rng):
    a, b = keras.Input((3, 4), name="a"), keras.Input((4, 2), name="b")
    x = ops.matmul(layers.Dense(4)(a), b)
    return keras.Model([a, b], layers.Flatten()(x)), [floats(rng, 2, 3, 4), floats(rng, 2, 4, 2)]


@predict_case
def ops_activations(rng):
    x = inputs = keras.Input((5,))
    outputs = [
        ops.relu(x),
        ops.tanh(x),
        ops.sigmoid(x),
        ops.softmax(x),
        ops.silu(x),
        ops.softplus(x),
        ops.elu(x),
    ]
    return keras.Model(inputs, outputs), floats(rng, 4, 5)


@predict_case
def ops_gelu(rng):
    """`ops.gelu` takes the tanh form by default, the activation "gelu" the exact one."""
    inputs = keras.Input((5,))
    return keras.Model(inputs, [ops.gelu(inputs), ops.gelu(inputs, approximate=False)]), floats(
        rng, 4, 5
    )


@predict_case
def ops_pointwise(rng):
    x = inputs = keras.Input((5,))
    positive = ops.square(x) + 0.5
    outputs = [ops.exp(x), ops.log(positive), ops.sqrt(positive), ops.abs(x), ops.negative(x)]
    return keras.Model(inputs, outputs), floats(rng, 4, 5)


@predict_case
def ops_functions_of_two(rng):
    x, y = keras.Input((4,), name="x"), keras.Input((4,), name="y")
    outputs = [
        ops.add(x, y),
        ops.subtract(x, 1.0),
        ops.multiply(x, y),
        ops.maximum(x, y),
        ops.minimum(x, 0.0),
    ]
    return keras.Model([x, y], outputs), [floats(rng, 3, 4), floats(rng, 3, 4)]


@predict_case
def ops_reductions(rng):
    x = inputs = keras.Input((4, 3))
    outputs = [
        ops.sum(x, axis=1),
        ops.mean(x, axis=-1),
        ops.max(x, axis=1, keepdims=True),
        ops.min(x, axis=[1, 2]),
    ]
    return keras.Model(inputs, outputs), floats(rng, 3, 4, 3)


@predict_case
def ops_shapes(rng):
    x = inputs = keras.Input((4, 3))
    outputs = [
        ops.transpose(x, (0, 2, 1)),
        ops.reshape(x, (-1, 12)),
        ops.expand_dims(x, 1),
        ops.concatenate([x, x * 2], axis=-1),
    ]
    return keras.Model(inputs, outputs), floats(rng, 3, 4, 3)


@predict_case
def operators_between_layers(rng):
    """A gated residual written with operators."""
    inputs = keras.Input((6,))
    x = layers.Dense(6, activation="relu")(inputs)
    gate = ops.sigmoid(layers.Dense(6)(inputs))
    x = x * gate + (1 - gate) * inputs
    return keras.Model(inputs, layers.Dense(2)(x / 2)), floats(rng, 4, 6)


@predict_case
def operators_in_nested_model(rng):
    inner_inputs = keras.Input((4,))
    inner = keras.Model(inner_inputs, layers.Dense(3)(inner_inputs * 2) + 1, name="inner")
    inputs = keras.Input((4,))
    return keras.Model(inputs, -inner(inputs)), floats(rng, 3, 4)


@predict_case
def operator_names_beside_layers(rng):
    """Operators and layers take automatic names from the same counters: add, add_1, ..."""
    inputs = keras.Input((4,))
    x = layers.Add()([inputs + inputs, layers.Add()([inputs, inputs * 2])])
    return keras.Model(inputs, layers.Multiply()([x, x + 1])), floats(rng, 3, 4)
