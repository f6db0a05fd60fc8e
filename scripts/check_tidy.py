#!/usr/bin/env python3
"""clang-tidy over the sources of a build folder, cached by content: a source whose text, headers, flags and rules have
passed once is not read again.

    check_tidy.py BUILD_DIR [--seconds N]    BUILD_DIR has been built by Ninja (its log of headers is the key)

After N seconds no new source is begun, and what was left unchecked is said.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "weft-tidy"
TIDY = "clang-tidy-14"


def headers_by_object(build_dir):
    """Ninja's own log of what each object was made of, the headers of the system left out."""
    text = subprocess.run(["ninja", "-C", build_dir, "-t", "deps"], check=True, text=True, stdout=subprocess.PIPE).stdout
    headers, current = {}, []
    for line in text.splitlines():
        if line.startswith("    "):
            path = pathlib.Path(build_dir, line.strip()).resolve()
            if path.is_relative_to(ROOT):
                current.append(path)
        elif ": #deps" in line:
            current = headers.setdefault(line.split(": #deps")[0], [])
    return headers


def key_of(entry, headers, base):
    digest = hashlib.sha256(base)
    digest.update(entry["command"].replace(str(ROOT), "").encode())
    for path in sorted(set(headers)):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def check(build_dir, source):
    result = subprocess.run([TIDY, "--quiet", "-p", build_dir, source], text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return result.returncode, result.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build_dir")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    args = parser.parse_args()
    deadline = time.monotonic() + args.seconds

    version = subprocess.run([TIDY, "--version"], check=True, stdout=subprocess.PIPE).stdout
    base = version + (ROOT / ".clang-tidy").read_bytes()
    headers = headers_by_object(args.build_dir)
    pending = {}
    entries = json.loads(pathlib.Path(args.build_dir, "compile_commands.json").read_text())
    entries = [e for e in entries if not pathlib.Path(e["file"]).is_relative_to(pathlib.Path(args.build_dir).resolve())]
    CACHE.mkdir(parents=True, exist_ok=True)
    for entry in entries:
        command = entry["command"].split()
        key = key_of(entry, headers.get(command[command.index("-o") + 1], []), base)
        if not (CACHE / key).exists():
            pending[entry["file"]] = key

    faults, left = [], []

    def run(source):
        if time.monotonic() > deadline:
            left.append(source)
            return
        code, output = check(args.build_dir, source)
        if code == 0:
            (CACHE / pending[source]).touch()
        else:
            faults.append(source)
            print(output, flush=True)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(run, pending))
    print(f"clang-tidy: {len(entries)} sources, {len(entries) - len(pending)} known from the cache, "
          f"{len(faults)} with faults, {len(left)} left unchecked for want of time")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
