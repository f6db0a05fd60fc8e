"""Predict cases: the forms of a graph of layers."""

import keras
from keras import layers
from registry import predict_case

from data import floats, ints


@predict_case
def inputs_list(rng):
    a, b = keras.Input((3,), name="first"), keras.Input((2,), name="second")
    x = layers.concatenate([layers.Dense(4)(a), layers.Dense(4, activation="relu")(b)])
    return keras.Model([a, b], layers.Dense(2)(x)), [floats(rng, 4, 3), floats(rng, 4, 2)]


@predict_case
def inputs_dict(rng):
    a, b = keras.Input((3,), name="zebra"), keras.Input((2,), name="ant")
    x = layers.concatenate([layers.Dense(4)(a), layers.Dense(4)(b)])
    model = keras.Model({"zebra": a, "ant": b}, layers.Dense(2)(x))
    return model, {"zebra": floats(rng, 4, 3), "ant": floats(rng, 4, 2)}


@predict_case
def outputs_list(rng):
    inputs = keras.Input((4,))
    x = layers.Dense(5, activation="relu")(inputs)
    return keras.Model(
        inputs, [layers.Dense(2, name="value")(x), layers.Dense(3, name="classes")(x)]
    ), floats(rng, 4, 4)


@predict_case
def outputs_dict(rng):
    """The keys are not sorted and differ from the layers' names."""
    inputs = keras.Input((4,))
    x = layers.Dense(5, activation="relu")(inputs)
    outputs = {"priority": layers.Dense(1)(x), "department": layers.Dense(3)(x)}
    return keras.Model(inputs, outputs), floats(rng, 4, 4)


@predict_case
def outputs_dict_of_one(rng):
    inputs = keras.Input((4,))
    return keras.Model(inputs, {"score": layers.Dense(2)(inputs)}), floats(rng, 4, 4)


@predict_case
def outputs_list_of_one(rng):
    inputs = keras.Input((4,))
    return keras.Model([inputs], [layers.Dense(2)(inputs)]), floats(rng, 4, 4)


@predict_case
def outputs_at_several_depths(rng):
    inputs = keras.Input((4,))
    a = layers.Dense(5, activation="relu", name="a")(inputs)
    b = layers.Dense(3, activation="tanh", name="b")(a)
    return keras.Model(inputs, [b, a]), floats(rng, 4, 4)


@predict_case
def outputs_repeated(rng):
    """A layer called twice makes two outputs of one name."""
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    dense = layers.Dense(3, name="dense")
    return keras.Model([left, right], [dense(left), dense(right)]), [
        floats(rng, 3, 4),
        floats(rng, 3, 4),
    ]


@predict_case
def output_is_input(rng):
    inputs = keras.Input((4,), name="inputs")
    return keras.Model(inputs, [inputs, layers.Dense(2, name="dense")(inputs)]), floats(rng, 3, 4)


@predict_case
def input_unused(rng):
    a, b = keras.Input((4,), name="used"), keras.Input((3,), name="unused")
    return keras.Model([a, b], layers.Dense(2)(a)), [floats(rng, 3, 4), floats(rng, 3, 3)]


@predict_case
def tickets(rng):
    """Two texts and tags to a priority and a department."""
    title, body = keras.Input((5,), name="title"), keras.Input((7,), name="body")
    tags = keras.Input((3,), name="tags")
    t = layers.Flatten()(layers.Embedding(9, 3)(title))
    b = layers.Flatten()(layers.Embedding(9, 2)(body))
    x = layers.concatenate([t, b, tags])
    outputs = {
        "priority": layers.Dense(1, name="priority")(x),
        "department": layers.Dense(4, name="department")(x),
    }
    model = keras.Model([title, body, tags], outputs, name="tickets")
    return model, {
        "title": ints(rng, 9, 4, 5),
        "body": ints(rng, 9, 4, 7),
        "tags": floats(rng, 4, 3),
    }


@predict_case
def shared_layer(rng):
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Dense(3, activation="tanh", name="shared")
    x = layers.concatenate([shared(a), shared(b)])
    return keras.Model([a, b], layers.Dense(1)(x)), [floats(rng, 4, 4), floats(rng, 4, 4)]


@predict_case
def shared_layer_in_chain(rng):
    inputs = keras.Input((4,))
    shared = layers.Dense(4, activation="relu")
    return keras.Model(inputs, shared(shared(shared(inputs)))), floats(rng, 3, 4)


@predict_case
def residual(rng):
    inputs = x = keras.Input((6,))
    for i in range(2):
        y = layers.Dense(6, activation="relu", name=f"block{i}_a")(x)
        x = layers.Add()([x, layers.Dense(6, name=f"block{i}_b")(y)])
    return keras.Model(inputs, layers.Dense(2)(x)), floats(rng, 4, 6)


@predict_case
def branches_of_unlike_depth(rng):
    """The order of the layers is by depth, then by the first visit."""
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    deep = layers.Dense(4, name="deep1")(layers.Dense(4, name="deep0")(b))
    x = layers.concatenate([layers.Dense(2, name="shallow")(a), deep, a])
    y = layers.Multiply()([layers.Dense(4, name="gate")(b), deep])
    return keras.Model([a, b], [layers.Dense(2, name="head")(x), y]), [
        floats(rng, 3, 3),
        floats(rng, 3, 3),
    ]


def encoder(name="encoder"):
    inputs = keras.Input((4,))
    x = layers.Dense(5, activation="relu")(inputs)
    return keras.Model(inputs, layers.Dense(3)(x), name=name)


@predict_case
def nested_functional(rng):
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(2)(encoder()(inputs))), floats(rng, 4, 4)


@predict_case
def nested_functional_is_output(rng):
    """The node index of a nested model among the outputs is one higher in the file."""
    inputs = keras.Input((4,))
    return keras.Model(inputs, encoder()(layers.Dense(4)(inputs))), floats(rng, 4, 4)


@predict_case
def nested_functional_twice(rng):
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    inner = encoder()
    return keras.Model([a, b], [inner(a), inner(b)]), [floats(rng, 3, 4), floats(rng, 3, 4)]


@predict_case
def nested_ensemble(rng):
    inputs = keras.Input((4,))
    members = [encoder(f"member{i}")(inputs) for i in range(3)]
    return keras.Model(inputs, layers.Add()(members)), floats(rng, 3, 4)


@predict_case
def nested_sequential(rng):
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(5, activation="relu"), layers.Dense(3)], name="inner"
    )
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(2)(inner(inputs))), floats(rng, 4, 4)


@predict_case
def nested_in_sequential(rng):
    first = keras.Sequential([layers.Dense(4, activation="relu")], name="first")
    model = keras.Sequential([keras.Input((4,)), first, encoder(), layers.Dense(2)], name="outer")
    return model, floats(rng, 4, 4)


@predict_case
def nested_two_levels(rng):
    inner = encoder("inner")
    inputs = keras.Input((4,))
    middle = keras.Model(inputs, layers.BatchNormalization()(inner(inputs)), name="middle")
    outer = keras.Input((4,))
    return keras.Model(outer, layers.Dense(2)(middle(outer)), name="outer"), floats(rng, 4, 4)


@predict_case
def nested_two_inputs_two_outputs(rng):
    a, b = keras.Input((3,), name="inner_a"), keras.Input((3,), name="inner_b")
    inner = keras.Model([a, b], [layers.Add()([a, b]), layers.Multiply()([a, b])], name="inner")
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    total, product = inner([left, layers.Dense(3)(right)])
    model = keras.Model([left, right], layers.concatenate([product, total]))
    return model, [floats(rng, 4, 3), floats(rng, 4, 3)]


@predict_case
def nested_dict_model(rng):
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    inner = keras.Model(
        {"a": a, "b": b},
        {"total": layers.Add()([a, b]), "product": layers.Multiply()([a, b])},
        name="inner",
    )
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    outputs = inner({"a": left, "b": right})
    model = keras.Model([left, right], layers.concatenate([outputs["total"], outputs["product"]]))
    return model, [floats(rng, 4, 3), floats(rng, 4, 3)]


@predict_case
def nested_shared_layer(rng):
    """A layer called twice inside a nested model that is called twice.

    (One layer on two levels of nesting is left out: Keras writes such a file and cannot open it.)
    """
    shared = layers.Dense(4, activation="relu", name="shared")
    inner_inputs = keras.Input((4,))
    inner = keras.Model(inner_inputs, shared(shared(inner_inputs)), name="inner")
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(2)(inner(inner(inputs)))), floats(rng, 3, 4)


@predict_case
def submodel_of_layers(rng):
    """A model cut out of a larger graph: its nodes are not the first of their layers."""
    inputs = keras.Input((4,), name="image")
    hidden = layers.Dense(5, activation="relu", name="hidden")
    hidden(keras.Input((4,), name="other"))
    code = layers.Dense(2, name="code")(hidden(inputs))
    keras.Model(inputs, layers.Dense(4, name="decoder")(code))
    return keras.Model(inputs, code, name="encoder"), floats(rng, 3, 4)
