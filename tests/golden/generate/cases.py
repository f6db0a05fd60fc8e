"""Imports every module of cases: predict_*.py and train_*.py of this folder."""

import importlib
import pathlib

from registry import CASES  # noqa: F401

for path in sorted(pathlib.Path(__file__).parent.glob("*.py")):
    if path.stem.startswith(("predict_", "train_")):
        importlib.import_module(path.stem)
