#!/usr/bin/env python3
"""Writes docs/where.md: where every public name lives - its header, source, CPU kernels and test.

    make_where.py            writes docs/where.md
    make_where.py --check    says whether it is what the folders give; exit code 1 when it is stale

Nothing is listed by hand: the sections are the namespaces inside `weft` that public headers open, the names what
they declare there, and the files beside them those of the same name or those that spell the name.
"""
import functools
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "docs" / "where.md"
PUBLIC = ("core", "graph", "io", "layers", "training", "applications", "utils")
KERNELS = ("backends",)

# Innermost first: a body holds no namespace that has not been taken out.
NAMESPACE = re.compile(r"^namespace ([\w:]+) \{$((?:(?!^namespace ).)*?)^\}  // namespace \1$", re.MULTILINE | re.DOTALL)
ANONYMOUS = re.compile(r"^namespace \{\n(?:[^\n]*\n\}|.*?^\}  // namespace)$", re.MULTILINE | re.DOTALL)
HIDDEN = ("detail", "registration")
# At the left margin of a namespace: a handle (`struct Dense : LayerRef<...>`), of weft itself a class, a function, a
# named object.
HANDLE = re.compile(r"^struct (\w+) : (?:\w+::)*(?:\w*Ref)\b", re.MULTILINE)
CLASS = re.compile(r"^class (\w+)(?: final)?(?: :[^;{]*)? \{", re.MULTILINE)
FUNCTION = re.compile(r"^(?!using |struct |class |template |return |throw )(?:\[\[\w+\]\] )?(?:inline )?"
                      r"(?:[\w:]+(?:<[^;{}()=]*>)?(?: const)?[&*]? )+[&*]?(\w+)\(", re.MULTILINE)
OBJECT = re.compile(r"^inline constexpr \w+ (\w+)\{", re.MULTILINE)


def text_of(path):
    return path.read_text(encoding="utf-8")


def relative(path):
    return path.relative_to(ROOT).as_posix()


def files(folders, *suffixes):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)


def in_order(names):
    return list(dict.fromkeys(names))


def names_in(body, with_classes):
    kinds = (HANDLE, FUNCTION, OBJECT) + ((CLASS,) if with_classes else ())
    found = [(m.start(), m.group(1)) for regex in kinds for m in regex.finditer(body)]
    return in_order(name for _, name in sorted(found) if not name.startswith(("operator", "WEFT_")))


def namespaces_of(text):
    """[(namespace below weft, its text without inner namespaces)]"""
    found = []
    text = ANONYMOUS.sub("", text)
    while match := NAMESPACE.search(text):
        name = match.group(1).removeprefix("weft").removeprefix("::")
        found.append((name, match.group(2)))
        text = text[:match.start()] + text[match.end():]
    return found


def public_names():
    """{namespace: [(header, [names])]}"""
    sections = {}
    for header in files(PUBLIC, ".h"):
        if "functors" in header.parts:  # what kernels are made of
            continue
        for namespace, body in namespaces_of(text_of(header)):
            names = names_in(body, with_classes=not namespace)
            if names and namespace not in HIDDEN:
                sections.setdefault(namespace, []).append((header, names))
    return sections


@functools.cache
def sources_in(folder):
    """[(path, its text, [(namespace, text)])] of the sources below a folder."""
    return [(path, text_of(path), namespaces_of(text_of(path))) for path in files((folder,), ".cpp")]


def definitions(names, body):
    """How many functions and members of these names a source's namespace defines at its left margin."""
    choice = "|".join(map(re.escape, names))
    found = re.finditer(rf"^(?:(?!return |throw |using )[\w:<>,&* ]+[ &*])?(?:{choice})(?:::~?\w+)?\(", body, re.MULTILINE)
    ends = (re.search(r"[{;]", body[match.end():]) for match in found)
    return sum(end is not None and end.group() == "{" for end in ends)


def source_of(header, namespace, names):
    """The source of a header: of the same name beside it, else the one below its folder that includes it first, else
    the one of its area that defines most of its names; none when they are inline."""
    beside = header.with_suffix(".cpp")
    if beside.exists():
        return [beside]
    include = f"#include <weft/{relative(header)}>"
    first = [path for path in sorted(header.parent.rglob("*.cpp")) if text_of(path).startswith(include)][:1]
    if first:
        return first
    counts = [(-sum(definitions(names, body) for name, body in bodies if name == namespace), path)
              for path, _, bodies in sources_in(header.relative_to(ROOT).parts[0])]
    best = min(counts, default=(0, None))
    return [best[1]] if best[0] < 0 else []


class Index:
    """Which kernels and tests belong to a header."""

    def __init__(self):
        self.kernels = [(path, text_of(path)) for path in files(KERNELS, ".cpp", ".hpp", ".cu", ".cuh")]
        self.tests = [(path, text_of(path)) for path in files(("tests",), ".cpp") if path.name.startswith("test_")]

    def kernels_of(self, header, names):
        # Pointwise kernels are generated from the functors.
        if header.parent.name == "pointwise":
            return [ROOT / "backends/cpu/kernels/pointwise/pointwise_kernel.hpp"]
        literals = [f'"{name}"' for name in names]
        return [path for path, text in self.kernels
                if path.stem == header.stem or any(literal in text for literal in literals)]

    def test_of(self, header, namespace, names):
        """The test of the header's name in its own area, else the one that spells its names most often, there or, if
        none does, anywhere."""
        parts = header.relative_to(ROOT).parts
        area = f"tests/{'ops' if parts[:2] == ('core', 'ops') else parts[0]}/"
        own = [test for test in self.tests if relative(test[0]).startswith(area)]
        if named := [path for path, _ in own if path.name == f"test_{header.stem}.cpp"]:
            return named
        choice = "|".join(map(re.escape, names))
        qualified = rf"\b{namespace or 'weft'}::(?:{choice})\b"
        # A small name is a function's: called, or an op's: quoted.
        plain = "|".join(rf"\b{name}\b" if name[0].isupper() else rf'(?<!std::)(?<![.\w]){name}\(|"{name}"' for name in names)
        for tests in (own, self.tests):
            for regex in (qualified, plain):
                counts = sorted((-len(re.findall(regex, text)), relative(path), path) for path, text in tests)
                if counts and counts[0][0] < 0:
                    return [counts[0][2]]
        return []


def link(path):
    return f"[{path.name}](../{relative(path)})"


def row(cells):
    return "| " + " | ".join(cells) + " |"


def section(namespace, headers, index):
    kernels = namespace == "ops"
    titles = ["name", "header", "source"] + (["CPU kernels"] if kernels else []) + ["test"]
    lines = [f"## {'weft::' + namespace if namespace else 'weft'}", "", row(titles), row(["---"] * len(titles))]
    for header, names in headers:
        cells = [", ".join(f"`{name}`" for name in names), link(header),
                 " ".join(map(link, source_of(header, namespace, names))) or "inline"]
        if kernels:
            cells.append(" ".join(map(link, index.kernels_of(header, names))) or "made of other ops")
        cells.append(" ".join(map(link, index.test_of(header, namespace, names))) or "-")
        lines.append(row(cells))
    return "\n".join(lines) + "\n"


def where():
    sections = public_names()
    index = Index()
    count = sum(len(names) for headers in sections.values() for _, names in headers)
    head = ("# Where everything is\n\nGenerated by `scripts/make_where.py` from the folders; `ctest -R structure.where` "
            f"fails when it is stale. {count} names, by namespace.\n")
    return "\n".join([head] + [section(name, sections[name], index) for name in sorted(sections)])


def main(arguments):
    made = where()
    if arguments == ["--check"]:
        if OUTPUT.exists() and text_of(OUTPUT) == made:
            print(f"{relative(OUTPUT)} is up to date")
            return 0
        old = set(text_of(OUTPUT).splitlines()) if OUTPUT.exists() else set()
        print("\n".join(line for line in made.splitlines() if line not in old))
        print(f"{relative(OUTPUT)} is stale. Run scripts/make_where.py.")
        return 1
    OUTPUT.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
