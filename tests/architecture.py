"""The one-way arrows between Fusewise's rooms, and what finds an arrow that points elsewhere.

docs/architecture.md draws them: surface → controller → devices, planning, balancing. The
rooms that decide and simulate are pure: they can be replayed, so nothing in them may look
at a clock, a network or a disk.
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
import re

ROOT = Path(__file__).parent.parent
PRODUCT = "custom_components.fusewise"

# What a room may use of the others; a name stands for all that is beneath it.
WORDS = tuple(
    f"balancing.{name}" for name in ("model", "settings", "codes", "decision", "memory", "errors")
)
ARROWS: dict[str, tuple[str, ...]] = {
    "surface": ("controller", "devices", "planning", "balancing"),
    "controller": ("devices", "planning", "balancing"),
    "devices": WORDS,
    "planning": WORDS,
    "simulation": WORDS,
    "balancing": (),
    "demo": ("simulation",),
}
PURE = ("balancing", "planning", "simulation")
# What the loop is made of stands beside controller.py.
LOOP = frozenset(
    [
        *("controller", "guests", "line", "meter_readers", "proving", "recording", "settling"),
        *("surroundings", "wish"),
    ]
)

# A list of what is pure, and not of what is not, because nobody can list that.
PURE_MODULES = frozenset(
    [
        "__future__",
        "abc",
        "bisect",
        "collections",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "heapq",
        "itertools",
        "json",
        "math",
        "numbers",
        "operator",
        "random",
        "re",
        "statistics",
        "string",
        "types",
        "typing",
        "numpy",
    ]
)
IMPURE_CALLS = frozenset(["__import__", "breakpoint", "eval", "exec", "input", "open", "print"])
CLOCK_METHODS = frozenset({"now", "utcnow", "today"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One source file: its dotted name, and what the tree around it holds."""

    name: str
    source: str
    is_package: bool = False
    tree: frozenset[str] = field(default_factory=frozenset)

    @property
    def room(self) -> str | None:
        """Return the room that the module belongs to."""
        return room_of(self.name)

    def absolute(self, level: int, name: str) -> str:
        """Return the dotted name that a relative import means."""
        if level == 0:
            return name
        package = self.name.split(".")
        up = level - 1 if self.is_package else level
        package = package[: len(package) - up]
        return ".".join([*package, name] if name else package)


def room_of(name: str) -> str | None:
    """Return the room of a dotted module name; None outside of the house."""
    if _within(name, "demo"):
        return "demo"
    if not _within(name, PRODUCT):
        return None
    head = name.removeprefix(PRODUCT).lstrip(".").split(".")[0]
    if head in LOOP:
        return "controller"
    return head if head in ARROWS and head != "demo" else "surface"


def violations(module: Module) -> list[str]:
    """Return what in a module breaks the arrows or the purity, one sentence for each."""
    tree = ast.parse(module.source)
    found = [
        f"{module.name}:{line}: {message}"
        for line, target in _imports(module, tree)
        if (message := _judge(module.room, target))
    ]
    if module.room in PURE:
        found += [f"{module.name}:{line}: {message}" for line, message in _impurities(tree)]
    return found


def modules(root: Path = ROOT) -> Iterator[Module]:
    """Yield every module of the product and of the demo."""
    paths = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for folder in (PRODUCT.replace(".", "/"), "demo")
        for path in sorted((root / folder).rglob("*.py"))
    }
    tree = frozenset(paths)
    for name, path in paths.items():
        yield Module(
            name=name, source=path.read_text(), is_package=path.stem == "__init__", tree=tree
        )


def described(page: str, folders: Collection[str]) -> Iterator[str]:
    """Yield each file that a table of docs/architecture.md names, by its path in the integration.

    A heading that begins with a folder says where the files of its tables lie; else they lie in none.
    """
    folder = ""
    for line in page.splitlines():
        if line.startswith("#"):
            first = line.split()[1].rstrip(",").rstrip("/")
            folder = f"{first}/" if first in folders else ""
        elif line.startswith("|"):
            for name in re.findall(r"`([\w/]+\.py)`", line.split("|")[1]):
                yield f"{folder}{name}"


def _within(name: str, parent: str) -> bool:
    return name == parent or name.startswith(f"{parent}.")


def _judge(room: str | None, target: str | None) -> str | None:
    """Return what is wrong with an import of `target` in `room`."""
    if room is None:
        return None
    if target is None:
        return "an import whose module is not written out cannot be checked"
    other = room_of(target)
    if other is not None:
        inside = target.removeprefix(f"{PRODUCT}.")
        allowed = ARROWS[room]
        if other == room or other in allowed or any(_within(inside, name) for name in allowed):
            return None
        return f"{room} may not import {target}"
    library = target.split(".")[0]
    if room in PURE and library not in PURE_MODULES:
        return f"{room} is pure and may not import {target}"
    if room == "demo" and library == "homeassistant":
        return f"demo speaks to Home Assistant over the wire and may not import {target}"
    return None


def _imports(module: Module, tree: ast.AST) -> Iterator[tuple[int, str | None]]:
    """Yield line and dotted name of all that is imported, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = module.absolute(node.level, node.module or "")
            for alias in node.names:
                # `from package import name` may mean a module or something in the package.
                name = f"{base}.{alias.name}"
                yield node.lineno, name if name in module.tree else base
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            yield node.lineno, _literal_import(module, node)


def _called(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def _literal_import(module: Module, call: ast.Call) -> str | None:
    match call.args:
        case [ast.Constant(value=str(text)), *_]:
            name = text.lstrip(".")
            return module.absolute(len(text) - len(name), name)
    return None


def _impurities(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield uses of the clock, of the disk and of randomness that cannot be repeated."""
    origin = _origins(tree)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Name)
            and node.id in IMPURE_CALLS
            and isinstance(node.ctx, ast.Load)
        ):
            yield node.lineno, f"a pure room may not use {node.id}()"
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        library, _, name = _dotted(node, origin).partition(".")
        if library == "datetime" and name.split(".")[-1] in CLOCK_METHODS:
            yield node.lineno, f"a pure room has no clock: {library}.{name}"
        if library == "random" and name and name != "Random" and name.count(".") == 0:
            yield (
                node.lineno,
                f"a pure room draws from a seeded random.Random, not {library}.{name}",
            )


def _origins(tree: ast.AST) -> dict[str, str]:
    """Map each name that an import binds to what it stands for."""
    origin: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                origin[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                origin[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return origin


def _dotted(node: ast.expr, origin: dict[str, str]) -> str:
    """Return what an expression like `dt.datetime.now` means; '' if no import explains it."""
    match node:
        case ast.Name(id=name):
            return origin.get(name, "")
        case ast.Attribute(value=value, attr=attr):
            base = _dotted(value, origin)
            return f"{base}.{attr}" if base else ""
    return ""
