"""Makes the models and the data of all cases: `build.py OUT`, run with KERAS_BACKEND=jax.

Writes OUT/<kind>/<case>.keras and .npz (data only), for train cases OUT/train/<case>.json with the
arguments of fit, and OUT/summary/<case>.txt.
"""

import os
import sys
import traceback

import archive
import keras
import names
import weights
from cases import CASES


def write_summary(model, path: str, **options) -> None:
    """The text of `model.summary()` as on a terminal of 80 columns."""
    os.environ["COLUMNS"] = "80"
    with open(path, "w", encoding="utf-8") as file:
        model.summary(print_fn=lambda text, **_: file.write(text), **options)


def build_optimizer(model) -> None:
    """Makes the optimizer's variables, so that the file holds them before the first step."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def fit_arguments(training) -> dict:
    """The arguments of fit that are not data, with JSON's string keys turned back."""
    fit = dict(training.fit)
    if "class_weight" in fit:
        fit["class_weight"] = {int(k): v for k, v in fit["class_weight"].items()}
    return fit


def warm_up(training) -> None:
    """Trains before saving: the file then holds an optimizer in the middle of its work."""
    options = fit_arguments(training) | {"epochs": training.warm_up, "initial_epoch": 0}
    training.model.fit(training.x, training.y, shuffle=False, verbose=0, **options)


def data_members(case, made) -> dict:
    """All arrays of a case under the names of cli.md; validation arrays with `val_` before them."""
    inputs, outputs = names.input_names(made.model), names.output_names(made.model)
    arrays = names.members("x", made.x, inputs)
    if case.kind == "train":
        arrays |= names.members("y", made.y, outputs)
        arrays |= names.members("sample_weight", made.sample_weight, outputs)
        for prefix, value in zip(("val_x", "val_y", "val_sample_weight"), made.validation):
            arrays |= names.members(prefix, value, inputs if prefix == "val_x" else outputs)
    return arrays


def build(case, out: str) -> None:
    """Builds one case from a clean state, so that its names do not depend on the others."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    rng = case.rng()
    made = case.build(rng)
    weights.randomize(made.model, rng)
    summary = os.path.join(out, "summary", case.name)
    nested = any(isinstance(layer, keras.Model) for layer in made.model.layers)
    frozen = any(not layer.trainable for layer in made.model.layers)
    if case.kind == "train":
        optimizer, made.model.optimizer = made.model.optimizer, None
        write_summary(made.model, summary + ".txt")
        made.model.optimizer = optimizer
        build_optimizer(made.model)
        if made.warm_up:
            warm_up(made)
        write_summary(made.model, summary + ".compiled.txt")
    else:
        write_summary(made.model, summary + ".txt")
        if nested:
            write_summary(made.model, summary + ".expand_nested.txt", expand_nested=True)
        if nested or frozen:
            write_summary(made.model, summary + ".show_trainable.txt", show_trainable=True)
    stem = os.path.join(out, case.kind, case.name)
    made.model.save(stem + ".keras")
    archive.normalize_keras_file(stem + ".keras")
    archive.write_npz(stem + ".npz", data_members(case, made))
    if case.kind == "train":
        fit = {"epochs": 1, "batch_size": 32, "shuffle": False} | made.fit
        archive.write_json(stem + ".json", {"fit": fit})


def main() -> int:
    out, failed = sys.argv[1], 0
    wanted = sys.argv[2:]
    for name, case in CASES.items():
        if wanted and name not in wanted:
            continue
        try:
            build(case, out)
        except Exception:
            failed += 1
            print(f"FAILED to build {name}", file=sys.stderr)
            traceback.print_exc(limit=4)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
