#!/usr/bin/env python3
"""Runs the test cases of a program on the emulated device under a sanitizer.

    run_sanitized.py PROGRAM CASES PLUGIN SECONDS [LIBTSAN]

CASES: what PROGRAM --write-ctest has written. PLUGIN: the folder of the emulated plug-in. With LIBTSAN only the plug-in is compiled for
ThreadSanitizer, which is loaded before the program, and some grids of each kernel run on threads of the host; without it the program is
compiled with a sanitizer itself. A case has SECONDS: one that takes longer is stopped, and what it ran until then counts. Fails where a
sanitizer reports something or a case fails, and says how many cases ran to their end.
"""
import concurrent.futures
import os
import re
import subprocess
import sys

CASE = re.compile(r'weft_case\(\[==\[(.*?)\]==\] \[==\[(.*?)\]==\] "(.*)"\)')


REPORT = re.compile(r"Sanitizer: |runtime error: ")


def main(program, cases, plugin, seconds, libtsan=None):
    environment = dict(os.environ, OMP_NUM_THREADS="1", WEFT_CUDA_EMULATED="1", WEFT_DEVICE="cuda:0", WEFT_BACKEND_DIR=plugin,
                       ASAN_OPTIONS="allocator_may_return_null=1", TSAN_OPTIONS="halt_on_error=1 exitcode=66")
    if libtsan is not None:
        environment.update(LD_PRELOAD=libtsan, WEFT_EMULATE_THREADS="few")

    def run(case):
        name, arguments, _ = case
        child = subprocess.Popen([program, arguments], env=environment, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            text, state = child.communicate(timeout=float(seconds))[0], "passed"
        except subprocess.TimeoutExpired:
            child.kill()
            text, state = child.communicate()[0], "stopped"
        if REPORT.search(text) or (state == "passed" and child.returncode != 0):
            state = "failed"
        return name, state, text

    with open(cases) as file:
        chosen = [case for case in CASE.findall(file.read()) if not {"cpu", "timing"} & set(case[2].split(";"))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(run, chosen))
    counts = {state: sum(r[1] == state for r in results) for state in ("passed", "stopped", "failed")}
    for name, state, text in results:
        if state == "failed":
            print(f"{name}:\n" + "\n".join(text.splitlines()[:60]))
    print(f"emulated kernels under a sanitizer: {len(results)} cases, {counts['passed']} to their end, {counts['stopped']} stopped after {seconds} s, "
          f"{counts['failed']} with a mistake")
    if counts["failed"] or not counts["passed"]:
        sys.exit(1)


main(*sys.argv[1:])
