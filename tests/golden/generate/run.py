"""Runs all cases on one backend: `run.py MODELS OUT`, the backend in KERAS_BACKEND.

MODELS is what build.py wrote. Writes OUT/predict/<case>.npz (the outputs), OUT/train/<case>.npz
(weights and optimizer variables after training) and OUT/train/<case>.json (history, scores).
"""

import json
import os
import sys
import traceback

import archive
import keras
import names
import numpy as np
from cases import CASES


def load(stem: str):
    """The model and the arrays beside it."""
    model = keras.models.load_model(stem + ".keras")
    # The file says jit_compile for the backend that wrote it; torch's compiler is not needed here.
    if keras.backend.backend() == "torch":
        model.jit_compile = False
    with np.load(stem + ".npz") as arrays:
        return model, dict(arrays)


def inputs_of(model, arrays: dict, prefix: str = "x"):
    as_dict = names.has_dict_inputs(model)
    return names.structure(arrays, prefix, names.input_names(model), as_dict)


def targets_of(model, arrays: dict, prefix: str):
    """A dict by the outputs' names where there are several: right for dict and list outputs."""
    outputs = names.output_names(model)
    return names.structure(arrays, prefix, outputs, as_dict=len(outputs) > 1)


def weights_of(model, arrays: dict, prefix: str):
    """One array for all outputs, or the structure of the outputs."""
    value = targets_of(model, arrays, prefix)
    if isinstance(value, dict) and not names.has_dict_outputs(model):
        return list(value.values())
    return value


def as_float32(array) -> np.ndarray:
    """NumPy has no bfloat16."""
    array = np.asarray(array)
    return array.astype("float32") if array.dtype.name == "bfloat16" else array


def predict(stem: str, out: str) -> None:
    model, arrays = load(stem)
    outputs = model.predict(inputs_of(model, arrays), verbose=0)
    flat = [as_float32(a) for a in keras.tree.flatten(outputs)]
    outputs = names.output_names(model)
    pairs = [("y", flat[0])] if len(flat) == 1 else [(f"y/{n}", a) for n, a in zip(outputs, flat)]
    archive.write_npz(out + ".npz", dict(pairs))


def fit(model, arrays: dict, options: dict) -> dict:
    """`model.fit` with the arrays and the options of the case; returns the history."""
    options = dict(options)
    if "class_weight" in options:
        options["class_weight"] = {int(k): v for k, v in options["class_weight"].items()}
    val_x = inputs_of(model, arrays, "val_x")
    if val_x is not None:
        val = (val_x, targets_of(model, arrays, "val_y"))
        weight = weights_of(model, arrays, "val_sample_weight")
        options["validation_data"] = val if weight is None else (*val, weight)
    history = model.fit(
        inputs_of(model, arrays),
        targets_of(model, arrays, "y"),
        sample_weight=weights_of(model, arrays, "sample_weight"),
        verbose=0,
        **options,
    )
    return history.history


def evaluate(model, arrays: dict, batch_size: int) -> dict:
    return model.evaluate(
        inputs_of(model, arrays),
        targets_of(model, arrays, "y"),
        sample_weight=weights_of(model, arrays, "sample_weight"),
        batch_size=batch_size,
        return_dict=True,
        verbose=0,
    )


def train(stem: str, out: str) -> None:
    """Scores of the loaded model, the history of fit, scores after it, and all variables."""
    model, arrays = load(stem)
    with open(stem + ".json", encoding="utf-8") as file:
        options = json.load(file)["fit"]
    results = {"fit": options}
    results["evaluate_before"] = evaluate(model, arrays, options["batch_size"])
    results["history"] = fit(model, arrays, options)
    results["evaluate"] = evaluate(model, arrays, options["batch_size"])
    archive.write_json(out + ".json", results)
    variables = {str(i): w for i, w in enumerate(model.get_weights())}
    for i, variable in enumerate(model.optimizer.variables):
        variables[f"opt/{i}"] = keras.ops.convert_to_numpy(variable)
    archive.write_npz(out + ".npz", variables)


def main() -> int:
    models, out = sys.argv[1:3]
    wanted = sys.argv[3:]
    failed = 0
    for name, case in CASES.items():
        if wanted and name not in wanted or keras.backend.backend() not in ("jax", case.second):
            continue
        keras.utils.clear_session()
        keras.utils.set_random_seed(1)
        work = predict if case.kind == "predict" else train
        try:
            work(os.path.join(models, case.kind, name), os.path.join(out, case.kind, name))
        except Exception:
            failed += 1
            print(f"FAILED to run {name} on {keras.backend.backend()}", file=sys.stderr)
            traceback.print_exc(limit=6)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
