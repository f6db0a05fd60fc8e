"""Our own kernels by name, for the checks beside this file.

A kernel is a function whose name ends in _kernel. Kernels of several files have the same name: one of an unnamed namespace is called after its
file, "kernels/softmax: lines_kernel", another by its namespace, "place_sum::tiles_kernel".
"""
import pathlib
import re


def without_arguments(name):
    """A demangled function's name without arguments, template arguments and result; None where it is no plain function."""
    name = name.replace("(anonymous namespace)", "@")
    plain, depth = "", 0
    for c in name:
        if c == "<":
            depth += 1
        elif c == ">":
            depth -= 1
        elif depth == 0:
            if c == "(":
                break
            plain += c
    else:
        return None
    return None if "operator" in name or "{lambda" in plain or depth else plain.split()[-1]


def kernel_of(name, source):
    """What the kernel of a demangled name is called, or None; source: folder/file, without an ending."""
    if "[clone" in name or "(" not in name or "_kernel" not in name or "{lambda" in name:
        return None
    plain = without_arguments(name)
    if plain is None or not plain.endswith("_kernel"):
        return None
    if "@" in plain:
        return f"{source}: {plain.split('::')[-1]}"
    return plain.removeprefix("weft::cuda::")


def kernels_written(folder):
    """How many kernels the sources of a folder define."""
    count = 0
    for path in pathlib.Path(folder).rglob("*"):
        if path.suffix in (".cu", ".hpp"):
            text = re.sub(r"//[^\n]*", "", path.read_text())
            count += len(re.findall(r"(?<!#define )__global__\s+\w", text))
    return count
