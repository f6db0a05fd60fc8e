#!/usr/bin/env python3
"""Includes go one way: core <- backends; core <- graph <- layers <- training <- applications, tools; core <- io <- training.

And a public header (.h) includes public headers, as <weft/...>, and the light standard headers, nothing else: what a
user includes shows no backend, no library behind weft, and costs little to compile.

    check_includes.py ROOT           checks the tree at ROOT
    check_includes.py --self-test    checks the checker on small trees with one fault each
"""
import pathlib
import re
import sys
import tempfile

BELOW_LAYERS = {"core", "graph"}
BELOW_TRAINING = BELOW_LAYERS | {"layers", "io", "utils"}
ALLOWED = {  # a folder: the folders it may include, besides itself
    "core": set(),
    "io": {"core"},
    "utils": {"core"},
    "backends": {"core"},
    "graph": {"core"},
    "layers": BELOW_LAYERS,
    "training": BELOW_TRAINING,
    "applications": BELOW_TRAINING | {"training"},
    "tools": BELOW_TRAINING | {"training", "applications"},
}
UMBRELLAS = {  # a header that includes all of a kind (generated, but for weft.h): the folder that it belongs to
    "ops.h": "core",
    "weft.h": "tools",
    **dict.fromkeys(("layers.h", "initializers.h", "regularizers.h", "constraints.h"), "layers"),
    **dict.fromkeys(("losses.h", "metrics.h", "schedules.h", "optimizers.h", "callbacks.h"), "training"),
}
STANDARD = set(
    "array bit cmath compare concepts cstddef cstdint cstring exception initializer_list iosfwd limits memory new "
    "optional span stdexcept string string_view type_traits utility vector".split())
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def faults_of_include(folder, public, bracket, target):
    """The faults, each a text, of one include in a file of `folder`."""
    parts = target.removeprefix("weft/").split("/")
    ours = target.startswith("weft/") or parts[0] in ALLOWED or parts[0] == "generated"
    owner = UMBRELLAS.get(parts[0]) if len(parts) == 1 else parts[0]
    if ours and owner in ALLOWED and owner != folder and owner not in ALLOWED[folder]:
        yield f"{folder}/ may not include {owner}/" + (f" ({target})" if len(parts) == 1 else "")
    if not public:
        return
    if target.endswith(".hpp"):
        yield "a public header includes no .hpp"
    elif ours and not target.startswith("weft/"):
        yield f"a public header names others as users do: expected <weft/{target}>"
    elif not ours and (bracket == '"' or target not in STANDARD):
        yield "a public header includes only <weft/...> and the light standard headers"


def faults_of_tree(root):
    for folder in ALLOWED:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in {".h", ".hpp", ".cpp", ".cu"}:
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if match := INCLUDE.match(line):
                    for fault in faults_of_include(folder, path.suffix == ".h", *match.groups()):
                        yield f"{path.relative_to(root)}:{number}: {fault}. Received: {line.strip()}"


def self_test():
    cases = [  # file, line, number of faults
        ("core/a.h", "#include <weft/core/b.h>", 0),
        ("core/a.h", "#include <vector>", 0),
        ("layers/a.cpp", '#include "graph/functional/node.hpp"', 0),
        ("training/a.cpp", '#include "io/zip.hpp"', 0),
        ("core/a.cpp", "#include <fmt/format.h>", 0),
        ("core/a.h", "#include <functional>", 1),
        ("core/a.h", "#include <fmt/format.h>", 1),
        ("core/a.h", '#include "core/b.h"', 1),
        ("core/a.h", "#include <weft/core/b.hpp>", 1),
        ("core/a.cpp", '#include "graph/functional/node.hpp"', 1),
        ("graph/a.cpp", "#include <weft/layers/dense.h>", 1),
        ("layers/a.hpp", '#include "io/zip.hpp"', 1),
        ("graph/a.cpp", '#include "backends/cpu/backend.hpp"', 1),
        ("io/a.cpp", '#include "graph/functional/node.hpp"', 1),
        ("training/a.cpp", "#include <weft/ops.h>", 0),
        ("training/a.cpp", "#include <weft/layers.h>", 0),
        ("layers/a.cpp", "#include <weft/losses.h>", 1),
        ("training/a.cpp", "#include <weft/weft.h>", 1),
    ]
    for file, line, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, file)
            path.parent.mkdir(parents=True)
            path.write_text(f"#pragma once\n{line}\n")
            found = list(faults_of_tree(pathlib.Path(folder)))
            assert len(found) == expected, (file, line, found)
    print(f"{len(cases)} cases hold")


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
    else:
        faults = list(faults_of_tree(pathlib.Path(sys.argv[1])))
        print("\n".join(faults) or "every include goes the right way")
        sys.exit(1 if faults else 0)
