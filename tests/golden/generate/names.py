"""Structures of arrays under the member names of the program's archives (cli.md)."""

import keras
import numpy as np


def input_names(model) -> list[str]:
    """The names of the InputLayers, in the order of `model.inputs`."""
    return [tensor._keras_history.operation.name for tensor in model.inputs]


def has_dict_inputs(model) -> bool:
    """True for Model({"a": a, ...}, ...); a Sequential has no structure."""
    return isinstance(getattr(model, "_inputs_struct", None), dict)


def has_dict_outputs(model) -> bool:
    return isinstance(getattr(model, "_outputs_struct", None), dict)


def output_names(model) -> list[str]:
    """Keys of a dict in sorted order, else the names of the ops; repeated ones get _1, _2, ..."""
    if has_dict_outputs(model):
        return sorted(model._outputs_struct)
    names, seen = [], {}
    for tensor in model.outputs:
        name = tensor._keras_history.operation.name
        count = seen[name] = seen.get(name, -1) + 1
        names.append(f"{name}_{count}" if count else name)
    return names


def members(prefix: str, structure, names: list[str]) -> dict[str, np.ndarray]:
    """One array: `prefix`; several: `prefix/<name>`. A dict goes by its own keys."""
    if structure is None:
        return {}
    if isinstance(structure, dict) and len(names) > 1:
        return {f"{prefix}/{key}": np.asarray(value) for key, value in structure.items()}
    arrays = [np.asarray(a) for a in keras.tree.flatten(structure)]
    if len(arrays) == 1:
        return {prefix: arrays[0]}
    if len(arrays) != len(names):
        raise ValueError(f"{len(arrays)} arrays for {names}")
    return {f"{prefix}/{name}": array for name, array in zip(names, arrays)}


def structure(arrays: dict[str, np.ndarray], prefix: str, names: list[str], as_dict: bool):
    """The reverse of `members`: an array, a list in the order of `names`, or a dict."""
    if prefix in arrays:
        only = arrays[prefix]
        return {names[0]: only} if as_dict and len(names) == 1 else only
    found = {name: arrays[f"{prefix}/{name}"] for name in names if f"{prefix}/{name}" in arrays}
    if not found:
        return None
    return found if as_dict else list(found.values())
