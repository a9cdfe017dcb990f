"""The rules of the house that an import checker cannot see. `docs/architecture.md` says why they hold."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "spm_bot"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
EVERYTHING = [ROOT / "bot.py", *SOURCES, *TESTS]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in EVERYTHING}

MODULE_LINES = 250
FUNCTION_LINES = 40
FUNCTION_LINES_OF_NINE_IN_TEN = 25

# Names that several modules share, each with the reason why that helps.
SHARED_NAMES: dict[str, str] = {}

# Rooms of the tests that mirror nothing, each with the reason why it has tests of its own.
OWN_ROOMS = {
    "bench": "the Bot API server that stands in for Telegram must itself be right",
    "journeys": "whole ways through real processes belong to no single module",
    "stage": "a player that misread its script would let any conversation pass",
}

VAGUE = re.compile(r"(utils?|helpers?|common|managers?|services?)$")
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E)\b")
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
    *("Timestamp.now", "Timestamp.utcnow", "Timestamp.today", "func.now", "func.current_timestamp"),
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def dotted(node: ast.Attribute) -> str:
    """The last two words of an attribute's path: `datetime.now` for `datetime.datetime.now`."""
    return ".".join(ast.unparse(node).split(".")[-2:])


def test_modules_stay_within_budget() -> None:
    lines = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: count for name, count in lines.items() if count > MODULE_LINES} == {}


def test_functions_stay_within_budget() -> None:
    lengths = {
        f"{named(path)}:{function.lineno} {function.name}": length(function)
        for path in SOURCES
        for function in functions(TREES[path])
    }
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}
    assert sorted(lengths.values())[len(lengths) * 9 // 10] <= FUNCTION_LINES_OF_NINE_IN_TEN


def test_module_names_are_unique_or_excused() -> None:
    names = Counter(path.stem for path in SOURCES if not path.stem.startswith("__"))
    assert {name for name, count in names.items() if count > 1} == set(SHARED_NAMES)


def test_names_say_what_is_inside() -> None:
    parts = {part for path in SOURCES for part in path.relative_to(PACKAGE).with_suffix("").parts}
    assert [part for part in sorted(parts) if VAGUE.search(part)] == []


def test_every_module_says_what_it_owns() -> None:
    assert [named(path) for path in SOURCES if not ast.get_docstring(TREES[path])] == []


def test_nothing_is_left_unfinished() -> None:
    found = [named(path) for path in EVERYTHING if UNFINISHED.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_imports_are_absolute() -> None:
    relative = [
        f"{named(path)}:{node.lineno}"
        for path in EVERYTHING
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_nothing_below_the_application_reads_a_clock() -> None:
    above = {"app.py", "log.py", "cli"}
    found = [
        f"{named(path)}:{node.lineno} {ast.unparse(node)}"
        for path in SOURCES
        if path.relative_to(PACKAGE).parts[0] not in above
        for node in ast.walk(TREES[path])
        if (isinstance(node, ast.Attribute) and dotted(node) in CLOCKS)
        or (isinstance(node, ast.ImportFrom) and node.module == "time")
    ]
    assert found == []


def test_only_the_demo_gives_up_durability() -> None:
    found = [
        f"{named(path)}:{node.value.lineno}"
        for path in SOURCES
        if "demo" not in path.relative_to(PACKAGE).with_suffix("").parts
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.keyword)
        and node.arg == "durability"
        and isinstance(node.value, ast.Constant)
        and node.value.value == "off"
    ]
    assert found == []


def test_every_module_has_its_place_in_the_import_law() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = contracts["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = {room for layer in layers for room in re.findall(r"[\w.]+", layer)}
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in SOURCES}
    homeless = {
        module
        for module in modules
        if not module.endswith("__init__")
        and not any(module == room or module.startswith(f"{room}.") for room in rooms)
    }
    assert homeless == set()


def test_the_entry_only_hands_over() -> None:
    for path in (ROOT / "bot.py", PACKAGE / "__main__.py"):
        imports = [node for node in TREES[path].body if isinstance(node, ast.Import | ast.ImportFrom)]
        assert [ast.unparse(node) for node in imports] == [
            "from __future__ import annotations",
            "import sys",
            "from spm_bot.cli import main",
        ]


def test_tests_mirror_the_tree() -> None:
    rooms = {path.parent.relative_to(ROOT / "tests") for path in TESTS if path.stem.startswith("test_")}
    homeless = [room for room in rooms if not any((base / room).is_dir() for base in (PACKAGE, ROOT))]
    assert {room.as_posix() for room in homeless} == set(OWN_ROOMS)
