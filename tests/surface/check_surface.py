#!/usr/bin/env python3
"""The public surface: surface.cpp compiles without a warning, and no case of bad.inc compiles.

    check_surface.py INCLUDE_DIR COMPILER...    a compiler that is not there is left out, the first must be

Each case must be refused with the message that it expects (a regular expression).
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WARNINGS = "-Wall -Wextra -Wpedantic -Werror".split()
CASE = re.compile(r"^#\s*(?:el)?if BAD == (\d+)\s+// expect: (.+)$", re.MULTILINE)


def compile_surface(compiler, include_dir, *flags):
    result = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", *flags, f"-I{include_dir}", str(HERE / "surface.cpp")],
                            text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.returncode, result.stdout


def must_compile(compiler, include_dir, *flags):
    code, output = compile_surface(compiler, include_dir, *flags)
    return f"{compiler} {' '.join(flags)}: surface.cpp must compile:\n{output}" if code != 0 else ""


def must_not_compile(compiler, include_dir, number, expected):
    code, output = compile_surface(compiler, include_dir, f"-DBAD={number}")
    if code == 0:
        return f"{compiler}: case {number} must not compile. Expected: {expected}"
    errors = "\n".join(line for line in output.splitlines() if "error:" in line)
    if not re.search(expected, errors):
        return f"{compiler}: case {number}. Expected: {expected}\nReceived: {errors or output}"
    return ""


def main(include_dir, *compilers):
    compilers = [compilers[0], *(c for c in compilers[1:] if shutil.which(c))]
    cases = CASE.findall((HERE / "bad.inc").read_text())
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = []
        for compiler in compilers:
            jobs.append(pool.submit(must_compile, compiler, include_dir, *WARNINGS))
            jobs.append(pool.submit(must_compile, compiler, include_dir, "-DBAD=0"))  # what surrounds the cases
            jobs += [pool.submit(must_not_compile, compiler, include_dir, *case) for case in cases]
        faults = [fault for job in jobs if (fault := job.result())]
    print("\n".join(faults))
    print(f"surface.cpp and {len(cases)} cases that must not compile, on {', '.join(compilers)}: {len(faults)} faults")
    return 1 if faults or len(cases) < 20 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
