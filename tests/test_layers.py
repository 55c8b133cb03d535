"""Imports point downward only, and never in a circle: lazy and TYPE_CHECKING ones included."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest

import headroom_nb

PACKAGE = Path(headroom_nb.__file__).parent

ORDER = (
    "face",
    "notebook",
    "server demo",
    "integrations",
    "widgets",
    "batch",
    "proof",
    "rendering",
    "analysis",
    "compressor",
    "budget",
    "history",
    "pipeline",
    "survival",
    "techniques routing",
    "signals",
    "ocr",
    "checks",
    "caching fetching documents",
    "formats",
    "pictures",
    "costs",
    "options",
    "runtime",
    "resource_limits",
    "results",
    "records",
    "rendering_hook",
    "errors",
    "lazy",
    "_version",
)
"""The rooms of the house from the roof to the cellar; rooms on one line do not know each other."""

RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms.split()}


def _name(path):
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room(module):
    parts = module.split(".")
    return "face" if len(parts) == 1 else parts[1]


def imports(module):
    """Return the modules of this package that a module imports anywhere in its text, and the lines."""
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in found:
            target = name if name in MODULES else name.rpartition(".")[0]
            if target in MODULES and target != module:
                yield target, node.lineno


GRAPH = {module: sorted(set(imports(module))) for module in MODULES}


def test_every_room_has_its_place_in_the_order():
    assert {room(module) for module in MODULES} <= set(RANK)


def test_no_import_runs_up():
    up = [
        f"{module}:{line} imports {target}"
        for module, found in GRAPH.items()
        for target, line in found
        if room(module) != room(target) and RANK[room(module)] >= RANK[room(target)]
    ]
    assert up == []


def test_no_imports_run_in_a_circle():
    # a package's own modules may import its __init__, which Python has loaded before them
    inner = {
        module: {target for target, _ in found if not module.startswith(f"{target}.")}
        for module, found in GRAPH.items()
    }
    try:
        TopologicalSorter(inner).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_the_root_of_the_package_is_small():
    assert len(list(PACKAGE.glob("*.py"))) <= 8


FRONT_END = PACKAGE.parent / "labextension" / "src"

FRONT_ORDER = {"lab": 3, "widgets": 3, "estimate": 2, "views": 1, "report": 0, "costs": 0, "pictures": 0}
"""Folders of the front end; a lower one never imports a higher one."""


def front_end():
    names = {
        path.relative_to(FRONT_END).as_posix()
        for path in FRONT_END.rglob("*.ts")
        if not path.name.endswith((".test.ts", ".d.ts")) and path.parent.name != "testing"
    }
    graph = {}
    for name in names:
        text = (FRONT_END / name).read_text("utf-8")
        paths = re.findall(r"(?:from|import\()\s*'(\.[^']*)'", text)
        near = [normpath(join(dirname(name), path)) for path in paths]
        graph[name] = {found for path in near for found in (f"{path}.ts", f"{path}/index.ts") if found in names}
    return graph


def test_no_import_of_the_front_end_runs_up():
    graph = front_end()
    up = [
        f"{name} imports {target}"
        for name, found in graph.items()
        for target in found
        if FRONT_ORDER[name.partition("/")[0]] < FRONT_ORDER[target.partition("/")[0]]
    ]
    assert sum(map(len, graph.values())) > 100
    assert up == []


def test_no_imports_of_the_front_end_run_in_a_circle():
    try:
        TopologicalSorter(front_end()).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))
