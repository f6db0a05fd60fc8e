#!/usr/bin/env python3
"""Writes fresh files by real Keras, with weights from a seed, for weft to open.

    KERAS_BACKEND=jax python make_with_keras.py DIRECTORY SEED

DIRECTORY gets <case>.keras and <case>.npz: `x` or `x/<name>`, and Keras's predictions `y` or
`y/<name>`. Compiled cases also get `t` or `t/<name>` (targets), the variables of their optimizer in
<case>.opt.npz (`0`, `1`, ...), and <case>.final.npz: the weights `0`, `1`, ... and optimizer
variables `opt/0`, ... after one more epoch of fit(x, t, batch_size=8, shuffle=False).
"""

import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "golden" / "generate"))

import keras
import names
import numpy as np
import weights
from keras import layers, losses, optimizers

ROWS = 20


def values(rng, *shape: int) -> np.ndarray:
    return rng.standard_normal((ROWS, *shape)).astype("float32")


def mlp():
    """The seed's model, small, compiled with RMSprop."""
    inputs = keras.Input((12,))
    x = layers.Dense(8, activation="relu")(inputs)
    x = layers.Dense(8, activation="relu")(x)
    model = keras.Model(inputs, layers.Dense(4)(x), name="mnist_model")
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizers.RMSprop(), loss=loss, metrics=["accuracy"])
    return model, lambda rng: (values(rng, 12), rng.integers(0, 4, ROWS))


def sequential_adam():
    """Every layer of the first issue that keeps one input, with Adam."""
    model = keras.Sequential(
        [
            keras.Input((3, 4)),
            layers.Rescaling(0.5, offset=0.1),
            layers.LayerNormalization(),
            layers.Reshape((4, 3)),
            layers.Flatten(),
            # Not straight into BatchNormalization, which would make the gradient of everything constant
            # before it zero but for rounding, and Adam would turn that into steps of full length.
            layers.Dense(6, use_bias=False, activation="elu"),
            layers.BatchNormalization(),
            layers.Activation("tanh"),
            layers.Dropout(0.0),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(optimizers.Adam(0.01), loss="categorical_crossentropy", metrics=["accuracy"])
    return model, lambda rng: (values(rng, 3, 4), np.eye(2)[rng.integers(0, 2, ROWS)])


def tickets():
    """Two inputs and two outputs by name, an embedding, operators; SGD with momentum."""
    title, tags = keras.Input((5,), name="title"), keras.Input((3,), name="tags")
    x = layers.Flatten()(layers.Embedding(9, 3)(title))
    x = layers.concatenate([x, tags * 2.0 - 1])
    outputs = {
        "priority": layers.Dense(1, name="priority")(x),
        "department": layers.Dense(4, name="department")(x),
    }
    model = keras.Model([title, tags], outputs, name="tickets")
    model.compile(
        optimizers.SGD(0.05, momentum=0.9),
        loss={
            "priority": losses.BinaryCrossentropy(from_logits=True),
            "department": losses.CategoricalCrossentropy(from_logits=True),
        },
        loss_weights={"priority": 1.0, "department": 0.2},
    )

    def data(rng):
        x = {"title": rng.integers(0, 9, (ROWS, 5)), "tags": values(rng, 3)}
        priority = rng.integers(0, 2, (ROWS, 1)).astype("float32")
        return x, {"priority": priority, "department": np.eye(4)[rng.integers(0, 4, ROWS)]}

    return model, data


def nested():
    """Shared and nested models, not compiled."""
    inner_inputs = keras.Input((4,))
    shared = layers.Dense(4, activation="relu", name="shared")
    inner = keras.Model(inner_inputs, shared(shared(inner_inputs)), name="inner")
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    x = layers.Add()([inner(a), layers.Multiply()([inner(b), a])])
    model = keras.Model([a, b], [layers.Dense(2, name="first")(x), x[:, 1:3]])
    return model, lambda rng: ({"a": values(rng, 4), "b": values(rng, 4)}, None)


def variables(model) -> list[np.ndarray]:
    return [keras.ops.convert_to_numpy(v) for v in model.optimizer.variables]


def structure(model, x):
    """A dict of inputs as the model's own structure has it."""
    if isinstance(x, dict) and not names.has_dict_inputs(model):
        return [x[name] for name in names.input_names(model)]
    return x


def write(name: str, make, directory: pathlib.Path, rng: np.random.Generator) -> None:
    """Builds, trains a step, saves; then predicts and trains on, for comparison."""
    model, data = make()
    weights.randomize(model, rng)
    x, t = data(rng)
    x = structure(model, x)
    if model.compiled:
        model.fit(x, t, batch_size=8, epochs=1, shuffle=False, verbose=0)
    model.save(directory / f"{name}.keras")
    inputs, outputs = names.input_names(model), names.output_names(model)
    arrays = names.members("x", x, inputs) | names.members("t", t, outputs)
    arrays |= names.members("y", model.predict(x, verbose=0), outputs)
    np.savez(directory / f"{name}.npz", **arrays)
    if model.compiled:
        np.savez(
            directory / f"{name}.opt.npz", **{str(i): v for i, v in enumerate(variables(model))}
        )
        model.fit(x, t, batch_size=8, epochs=1, shuffle=False, verbose=0)
        final = {str(i): w for i, w in enumerate(model.get_weights())}
        final |= {f"opt/{i}": v for i, v in enumerate(variables(model))}
        np.savez(directory / f"{name}.final.npz", **final)
    print(f"{name}: {len(model.weights)} weights", flush=True)


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    directory, rng = pathlib.Path(sys.argv[1]), np.random.default_rng(int(sys.argv[2]))
    directory.mkdir(parents=True, exist_ok=True)
    for make in (mlp, sequential_adam, tickets, nested):
        keras.utils.clear_session()
        write(make.__name__, make, directory, rng)
    return 0


if __name__ == "__main__":
    sys.exit(main())
