#!/usr/bin/env python3
"""Opens files that weft wrote in real Keras and compares.

    KERAS_BACKEND=jax python check_with_keras.py DIRECTORY

For each DIRECTORY/<case>.keras there is <case>.npz with the inputs `x` or `x/<name>` and weft's
predictions `y` or `y/<name>`. A compiled model may have <case>.opt.npz with weft's optimizer
variables `0`, `1`, ...; then number and values must be the same in Keras. With targets `t` or
`t/<name>` in <case>.npz, `model.fit` goes on for one epoch. One line per case; the exit code is 1
if any of them fails.
"""

import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "golden" / "generate"))

import warnings

import compare
import keras
import names
import numpy as np

TOLERANCE = 1e-5


def check_predictions(model, x, arrays: dict) -> str:
    """Keras's outputs against the members `y`."""
    flat = [np.asarray(a) for a in keras.tree.flatten(model.predict(x, verbose=0))]
    outputs = names.output_names(model)
    keys = ["y"] if len(flat) == 1 else [f"y/{name}" for name in outputs]
    worst = 0.0
    for key, ours in zip(keys, flat):
        if key not in arrays:
            raise AssertionError(f"{key} is missing; there are {sorted(arrays)}")
        worst = max(worst, compare.deviation(arrays[key].astype(ours.dtype), ours))
    if not worst <= TOLERANCE:
        raise AssertionError(f"predictions differ by {worst:.2e}")
    return f"predictions within {worst:.1e}"


def check_optimizer(model, path: pathlib.Path) -> str:
    """The optimizer's variables against <case>.opt.npz, in order."""
    with np.load(path) as arrays:
        expected = [arrays[str(i)] for i in range(len(arrays.files))]
    found = [keras.ops.convert_to_numpy(v) for v in model.optimizer.variables]
    if len(found) != len(expected):
        raise AssertionError(f"{len(expected)} optimizer variables written, {len(found)} in Keras")
    for i, (ours, theirs) in enumerate(zip(expected, found)):
        if ours.shape != theirs.shape or not np.array_equal(ours.astype(theirs.dtype), theirs):
            raise AssertionError(
                f"optimizer variable {i} differs: {model.optimizer.variables[i].path}"
            )
    return f"{len(found)} optimizer variables equal"


def check_fit(model, x, arrays: dict) -> str:
    """`fit` goes on: a finite loss, and the step counter moves."""
    outputs = names.output_names(model)
    y = names.structure(arrays, "t", outputs, as_dict=len(outputs) > 1)
    before = int(model.optimizer.iterations)
    loss = model.fit(x, y, batch_size=8, epochs=1, shuffle=False, verbose=0).history["loss"][0]
    steps = int(model.optimizer.iterations) - before
    if not np.isfinite(loss) or steps < 1:
        raise AssertionError(f"fit: loss {loss}, {steps} steps")
    return f"fit went on, loss {loss:.4f}"


def check(path: pathlib.Path) -> str:
    """All checks of one case. A warning of Keras (unread weights, say) is a failure."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model = keras.models.load_model(path)
    with np.load(path.with_suffix(".npz")) as arrays:
        arrays = dict(arrays)
    x = names.structure(arrays, "x", names.input_names(model), names.has_dict_inputs(model))
    done = [check_predictions(model, x, arrays)]
    if model.compiled:
        optimizer_file = path.with_suffix(".opt.npz")
        if optimizer_file.exists():
            done.append(check_optimizer(model, optimizer_file))
        if any(name == "t" or name.startswith("t/") for name in arrays):
            done.append(check_fit(model, x, arrays))
    return ", ".join(done)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.keras"))
    if not files:
        print(f"no .keras files in {sys.argv[1]}", file=sys.stderr)
        return 1
    failed = 0
    for path in files:
        try:
            print(f"ok   {path.stem}: {check(path)}", flush=True)
        except Exception as error:
            failed += 1
            print(f"FAIL {path.stem}: {type(error).__name__}: {error}", flush=True)
    print(f"{len(files) - failed} of {len(files)} files agree with Keras {keras.__version__}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
