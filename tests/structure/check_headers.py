#!/usr/bin/env python3
"""Every public header compiles alone and twice over, with all warnings.

    check_headers.py COMPILER INCLUDE_DIR    INCLUDE_DIR is the build folder's include/
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

FLAGS = "-std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ -".split()


def compile_alone(compiler, include_dir, header):
    source = f"#include <{header}>\n#include <{header}>\nint main() {{}}\n"
    result = subprocess.run([compiler, f"-I{include_dir}", *FLAGS], input=source, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return "" if result.returncode == 0 else f"{header} does not compile alone:\n{result.stdout}"


def main(compiler, include_dir):
    root = pathlib.Path(include_dir)
    headers = sorted(str(path.relative_to(root)) for folder in (root / "weft").iterdir()
                     for path in ([folder] if folder.is_file() else folder.rglob("*")) if path.suffix == ".h")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = [text for text in pool.map(lambda h: compile_alone(compiler, include_dir, h), headers) if text]
    print("\n".join(faults))
    print(f"{len(headers)} public headers, {len(faults)} do not compile alone")
    return 1 if faults or not headers else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
