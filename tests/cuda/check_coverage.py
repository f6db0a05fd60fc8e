#!/usr/bin/env python3
"""Own CUDA kernels that the emulation ran, of those that exist, and apart from them the calls into CUDA's libraries that the host stood in for.

    check_coverage.py LIBRARY FILE LEAST    FILE: what the test programs left by WEFT_EMULATE_COVERAGE

A kernel is a function whose name ends in _kernel: that is the rule, and this test counts on it. Fails when fewer than LEAST ran, or CUB was never called. Those
that it names as never run are the libraries' helpers, which tests/cuda_host and tests/cuda_plans run in programs of their own, and general
paths of copies, whose cases are still to be written.
"""
import pathlib
import re
import subprocess
import sys

library, file, least = sys.argv[1:]
symbols = subprocess.run(["nm", "-C", "--defined-only", library], text=True, capture_output=True, check=True).stdout
kernels = {}  # where it lies -> its name, with template arguments
for line in symbols.splitlines():
    address, kind, name = line.split(" ", 2)
    found = re.search(r"\b(\w+_kernel)\b(<.*)?\(", name)
    if kind in "tTwWu" and found and "::launch<" not in name and "lambda" not in name and "std::" not in name.split("(")[0]:
        kernels[int(address, 16)] = name
if not kernels:
    sys.exit(f"check_coverage.py: no kernel was found in {library}")
ran = set()
calls = {}  # of a library's function -> how many
for line in pathlib.Path(file).read_text().splitlines():
    if line.startswith("call "):
        _, name, count = line.split()
        calls[name] = calls.get(name, 0) + int(count)
    else:
        ran.add(int(line, 16))


def plain(name):
    return re.search(r"\b(\w+_kernel)\b", name)[1]


existing = {plain(name) for name in kernels.values()}
emulated = {plain(name) for address, name in kernels.items() if address in ran}
instances = sum(address in ran for address in kernels)
print(f"own kernels emulated: {len(emulated)} of {len(existing)}; instances for types: {instances} of {len(kernels)}")
print(f"calls into CUB through the host's stand-in: {sum(calls.values())}"
      + "".join(f"; {name}: {count}" for name, count in sorted(calls.items())))
missing = sorted(existing - emulated)
if missing:
    print("never emulated here: " + ", ".join(missing))
if len(emulated) < int(least):
    sys.exit(f"Expected: at least {least} kernels. Received: {len(emulated)}")
if not calls:
    sys.exit("Expected: calls into CUB. Received: none")
