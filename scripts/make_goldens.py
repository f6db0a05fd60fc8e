#!/usr/bin/env python3
"""Makes tests/golden/ by real Keras 3.15.1: models, data and what Keras computes with them.

    /opt/weft-venv/bin/python scripts/make_goldens.py            # all of tests/golden
    /opt/weft-venv/bin/python scripts/make_goldens.py --only dense_linear train_adam

Needs keras 3.15.1, jax and torch (CPU builds). Models are built once, with JAX. Every case then
runs on JAX and on PyTorch, each in a process of its own, from the same file; the two must agree to
1e-5 relative, or nothing is written. JAX's values are kept. The same versions write the same bytes.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
GENERATE = ROOT / "tests" / "golden" / "generate"
sys.path.insert(0, str(GENERATE))
sys.dont_write_bytecode = True

TOLERANCE = 1e-5
KERAS_VERSION = "3.15.1"


def start(script: str, backend: str, *arguments: str) -> subprocess.Popen:
    """Starts one script of tests/golden/generate under a backend."""
    environment = os.environ | {
        "KERAS_BACKEND": backend,
        "KERAS_HOME": os.path.join(tempfile.gettempdir(), "weft_keras_home"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "JAX_PLATFORMS": "cpu",
        "CUDA_VISIBLE_DEVICES": "",
        "TZ": "UTC",
    }
    return subprocess.Popen([sys.executable, str(GENERATE / script), *arguments], env=environment)


def check_version() -> None:
    """The goldens are those of one version of Keras."""
    import importlib.metadata

    version = importlib.metadata.version("keras")
    if version != KERAS_VERSION:
        sys.exit(f"make_goldens.py: expected Keras {KERAS_VERSION}, found {version}")


def deviations(work: pathlib.Path) -> dict[str, dict[str, float]]:
    """Per case the deviation between the two backends of everything that was computed."""
    import compare

    result = {}
    for ours in sorted((work / "jax").glob("*/*.npz")):
        name = ours.relative_to(work / "jax")
        found = compare.compare_arrays(ours, work / "second" / name)
        scores = ours.with_suffix(".json")
        if scores.exists():
            found |= compare.compare_scores(scores, work / "second" / name.with_suffix(".json"))
        result[str(name.with_suffix(""))] = found
    return result


def report(found: dict[str, dict[str, float]], verbose: bool) -> bool:
    """Prints what is worth knowing; true when every case agrees."""
    worst = {case: max(values.values(), default=0.0) for case, values in found.items()}
    for case, value in sorted(worst.items(), key=lambda item: -item[1]):
        if value > TOLERANCE:
            bad = {k: v for k, v in found[case].items() if v > TOLERANCE}
            print(f"DISAGREE {case}: {bad}", file=sys.stderr)
        elif verbose:
            print(f"{value:.2e} {case}")
    for kind in ("predict", "train"):
        values = {c: v for c, v in worst.items() if c.startswith(kind)}
        if values:
            case = max(values, key=values.get)
            print(f"{kind}: {len(values)} cases, largest difference {values[case]:.2e} ({case})")
    return all(value <= TOLERANCE for value in worst.values())


def merge(work: pathlib.Path) -> None:
    """Adds JAX's results to the models and the data."""
    import archive
    import numpy as np

    for results in sorted((work / "jax" / "predict").glob("*.npz")):
        data = work / "models" / "predict" / results.name
        with np.load(data) as x, np.load(results) as y:
            arrays = dict(x) | dict(y)
        archive.write_npz(str(data), arrays)
    for results in sorted((work / "jax" / "train").glob("*.npz")):
        target = work / "models" / "train" / results.with_suffix(".final.npz").name
        shutil.copyfile(results, target)
        scores = json.loads(results.with_suffix(".json").read_text())
        archive.write_json(str(work / "models" / "train" / (results.stem + ".json")), scores)


def install(work: pathlib.Path, target: pathlib.Path, only: list[str]) -> None:
    """Replaces the golden files; with --only just those of the named cases."""
    for kind in ("predict", "train", "summary"):
        if not only:
            shutil.rmtree(target / kind, ignore_errors=True)
        (target / kind).mkdir(parents=True, exist_ok=True)
        for file in sorted((work / "models" / kind).iterdir()):
            shutil.copyfile(file, target / kind / file.name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], metavar="CASE", help="just these cases")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "tests" / "golden")
    parser.add_argument("--work", type=pathlib.Path, help="an empty folder to keep all results in")
    parser.add_argument("--verbose", action="store_true", help="print every case's deviation")
    arguments = parser.parse_args()
    check_version()
    with tempfile.TemporaryDirectory() as folder:
        work = arguments.work or pathlib.Path(folder)
        for kind in ("predict", "train", "summary"):
            for part in ("models", "jax", "second"):
                (work / part / kind).mkdir(parents=True, exist_ok=True)
        models = str(work / "models")
        if start("build.py", "jax", models, *arguments.only).wait():
            return 1
        results = {"jax": "jax", "torch": "second", "numpy": "second"}
        runs = [
            start("run.py", backend, models, str(work / part), *arguments.only)
            for backend, part in results.items()
        ]
        if any([run.wait() for run in runs]):
            return 1
        if not report(deviations(work), arguments.verbose):
            return 1
        merge(work)
        install(work, arguments.output, arguments.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
