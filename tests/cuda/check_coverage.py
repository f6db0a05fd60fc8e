#!/usr/bin/env python3
"""Own CUDA kernels that the emulation ran, of those that exist: it must be all. Apart from them, the calls into CUB that the host stood in for.

    check_coverage.py LIBRARY SOURCES FILE LAUNCHES LEAST

LIBRARY: the emulated plug-in. SOURCES: the folder of its kernels; as many must be found in the library. FILE: what the test programs left by
WEFT_EMULATE_COVERAGE. LAUNCHES is written, for check_registers.py: the threads of each kernel's largest block. LEAST: so many instances for
types must have run, of all kernels together; they need not be all.
"""
import collections
import pathlib
import subprocess
import sys

from kernel_names import kernel_of, kernels_written


def kernels_in(file):
    """Where a kernel lies in a library or program -> the kernel, and its name with arguments."""
    symbols = subprocess.run(["nm", "-a", "-p", "-C", "--defined-only", file], text=True, capture_output=True, check=True).stdout
    found, source = {}, ""
    for line in symbols.splitlines():
        parts = line.split(" ", 2)
        if len(parts) != 3:
            continue
        address, kind, name = parts
        if kind == "a":  # names the source of the local symbols behind it
            source = name.removesuffix(".cpp").replace("_", "/", 1)
        elif kind in "tTwWu":
            kernel = kernel_of(name, source)
            if kernel is not None:
                found[int(address, 16)] = (kernel, name)
    return found


def main(library, sources, file, launches, least):
    existing = set(kernels_in(library).values())
    kernels = {kernel for kernel, _ in existing}
    written = kernels_written(sources)
    if not kernels or len(kernels) != written:
        sys.exit(f"check_coverage.py: the sources define {written} kernels, whose names must end in _kernel. Received: {len(kernels)} in {library}")

    ran, threads, files = set(), collections.Counter(), {}
    calls = collections.Counter()
    for line in pathlib.Path(file).read_text().splitlines():
        if line.startswith("call "):
            _, name, count = line.split()
            calls[name] += int(count)
            continue
        address, block, where = line.split(" ", 2)
        if where not in files:
            files[where] = kernels_in(where)
        at = files[where].get(int(address, 16))
        if at in existing:
            ran.add(at)
            threads[at[0]] = max(threads[at[0]], int(block))

    print(f"own kernels emulated: {len(threads)} of {len(kernels)}; instances for types: {len(ran)} of {len(existing)}; by {len(files)} programs and libraries")
    pathlib.Path(launches).write_text("".join(f"{threads[kernel]} {kernel}\n" for kernel in sorted(threads)))
    print(f"calls into CUB through the host's stand-in: {calls.total()}" + "".join(f"; {name}: {count}" for name, count in sorted(calls.items())))
    missing = sorted(kernels - set(threads))
    if missing:
        sys.exit("Expected: every kernel runs. Never emulated: " + ", ".join(missing))
    if len(ran) < int(least):
        sys.exit(f"Expected: at least {least} instances of kernels. Received: {len(ran)}")
    if not calls:
        sys.exit("Expected: calls into CUB. Received: none")


main(*sys.argv[1:])
