#!/usr/bin/env python3
"""Registers, shared memory and spills of our own CUDA kernels, as ptxas reported them; a table, and what is too much.

    check_registers.py FOLDER LAUNCHES

FOLDER: a build of the CUDA plug-in; scripts/keep_ptxas_report.sh has left a report beside each object. LAUNCHES: the threads of each kernel's
largest block, which the emulated tests leave (check_coverage.py). Fails where a kernel spills, where a block as large as that has more
registers than a multiprocessor (65536), where a kernel has no launch or no report, and where there is no report at all.
"""
import collections
import pathlib
import re
import subprocess
import sys

from kernel_names import kernel_of

REGISTERS = 65536  # of a multiprocessor: sm_80 to sm_120
GRANULE = 256      # a warp is given registers by so many
ENTRY = re.compile(r"Compiling entry function '(\w+)' for '(\w+)'")
SPILL = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
USED = re.compile(r"Used (\d+) registers")
SHARED = re.compile(r"(\d+) bytes smem")

Instance = collections.namedtuple("Instance", "kernel architecture registers shared stack spills")


def instances_in(report, source):
    """What a report says of each kernel."""
    found, symbol, spills = [], None, None
    for line in report.splitlines():
        if entry := ENTRY.search(line):
            symbol, spills = entry.groups(), (0, 0)
        elif symbol and (spill := SPILL.search(line)):
            spills = int(spill[1]), int(spill[2]) + int(spill[3])
        elif symbol and (used := USED.search(line)):
            shared = SHARED.search(line)
            found.append((symbol, int(used[1]), int(shared[1]) if shared else 0, *spills))
            symbol = None
    names = subprocess.run(["c++filt"], input="\n".join(f[0][0] for f in found), text=True, capture_output=True, check=True).stdout.splitlines()
    out = []
    for ((_, architecture), *numbers), name in zip(found, names):
        kernel = kernel_of(name, source)
        if kernel is None and "cub::" in name:
            kernel = "cub: " + re.search(r"(\w+)(?:<.*)?\(", name)[1]
        if kernel is None:
            sys.exit(f"check_registers.py: a kernel's name ends in _kernel. Received: {name}")
        out.append(Instance(kernel, architecture, *numbers))
    return out


def registers_of_block(registers, threads):
    """Whole warps, each a multiple of the granule."""
    of_warp = -(-registers * 32 // GRANULE) * GRANULE
    return of_warp * -(-threads // 32)


def problems_of(kernel, instances, threads):
    most = max(i.registers for i in instances)
    spilled = max(i.spills for i in instances)
    if spilled > 0:
        yield f"{kernel} spills {spilled} bytes of registers"
    if threads is None and not kernel.startswith("cub: "):  # which asks for its own
        yield f"{kernel} is launched by no test: how large are its blocks?"
    elif threads is not None and registers_of_block(most, threads) > REGISTERS:
        yield f"{kernel}: {threads} threads with {most} registers each cannot be launched. Expected: at most {REGISTERS} in a block"


def main(folder, launches):
    folder = pathlib.Path(folder)
    threads = {}
    for line in pathlib.Path(launches).read_text().splitlines():
        number, kernel = line.split(" ", 1)
        threads[kernel] = int(number)
    kernels, objects = collections.defaultdict(list), 0
    for file in sorted(folder.rglob("*.ptxas")):
        source = file.name.split(".")[0]
        objects += 1
        for instance in instances_in(file.read_text(), f"{file.parent.name}/{source}"):
            kernels[instance.kernel].append(instance)
    if not kernels:
        sys.exit(f"check_registers.py: no report of ptxas below {folder}")

    print(f"{'kernel':60} {'threads':>7} {'registers':>9} {'shared':>6} {'stack':>6} {'spills':>6} instances")
    problems = []
    for kernel in sorted(kernels):
        all_of_it = kernels[kernel]
        numbers = [max(getattr(i, field) for i in all_of_it) for field in ("registers", "shared", "stack", "spills")]
        print("{:60} {:>7} {:>9} {:>6} {:>6} {:>6} {}".format(kernel, threads.get(kernel, "?"), *numbers, len(all_of_it)))
        problems += problems_of(kernel, all_of_it, threads.get(kernel))
    problems += [f"{kernel} has no report" for kernel in sorted(set(threads) - set(kernels))]
    architectures = sorted({i.architecture for every in kernels.values() for i in every})
    count = sum(len(every) for every in kernels.values())
    print(f"registers: {len(kernels)} kernels of {objects} objects, {count} instances for {', '.join(architectures)}; {len(problems)} problems")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main(*sys.argv[1:])
