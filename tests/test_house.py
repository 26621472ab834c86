"""What Home Assistant, HACS and the scripts expect of the files around the code.

hassfest runs on GitHub only; what of it can be known here is checked here.
"""

import ast
from collections.abc import Iterator
from importlib import metadata
import json
import os
from pathlib import Path
import re
import struct
import subprocess
import sys
import tomllib
from typing import Any
import zipfile

from awesomeversion import AwesomeVersion
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
import pytest
import yaml

import homeassistant
from homeassistant import loader
from homeassistant.components.marketplace.repositories.base import RepositoryManifest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from .texts import DOMAIN, INTEGRATION, english, lookup

ROOT = Path(__file__).parent.parent
CORE = Path(homeassistant.__file__).parent
LOCK = {
    Requirement(line).name: Version(line.partition("==")[2])
    for line in (ROOT / "requirements" / "dev.lock").read_text().split()
}
MANIFEST: dict[str, Any] = json.loads((INTEGRATION / "manifest.json").read_text())

# What an integration may use of Home Assistant without depending on it (from hassfest's list).
ALWAYS_THERE = {platform.value for platform in Platform} | {
    "diagnostics",
    "homeassistant",
    "persistent_notification",
    "repairs",
    "system_health",
    "websocket_api",
}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """Yield the source files that run in a user's Home Assistant, parsed.

    The simulation comes along for replays, but nothing that runs there imports it.
    """
    for path in sorted(INTEGRATION.rglob("*.py")):
        if "simulation" not in path.parts:
            yield path, ast.parse(path.read_text())


def imported() -> Iterator[str]:
    """Yield the absolute names that the integration imports."""
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def core_manifest(domain: str) -> dict[str, Any]:
    """Return the manifest of one of Home Assistant's own integrations."""
    loaded: dict[str, Any] = json.loads(
        (CORE / "components" / domain / "manifest.json").read_text()
    )
    return loaded


def required(lines: list[str]) -> set[str]:
    """Return the names of the distributions that requirements ask for."""
    return {canonicalize_name(Requirement(line).name) for line in lines}


# --- manifest.json ---------------------------------------------------------------------------


def test_the_manifest_is_in_hassfests_order() -> None:
    first = ["domain", "name"]
    assert list(MANIFEST) == first + sorted(MANIFEST.keys() - set(first))


def test_the_manifest_says_what_a_custom_integration_has_to() -> None:
    needed = {"codeowners", "documentation", "iot_class", "issue_tracker", "version"}
    assert needed <= MANIFEST.keys()
    assert MANIFEST["domain"] == INTEGRATION.name == DOMAIN


async def test_home_assistant_loads_it_with_its_version_and_its_icon(hass: HomeAssistant) -> None:
    integration = await loader.async_get_integration(hass, DOMAIN)
    assert integration.version == AwesomeVersion(MANIFEST["version"])
    assert integration.has_branding
    await integration.async_get_component()


def test_one_version_for_all() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == MANIFEST["version"]


def test_requirements_are_ranges_that_admit_what_home_assistant_pins() -> None:
    pins: dict[str, Version] = {}
    for line in (CORE / "package_constraints.txt").read_text().splitlines():
        if pin := re.fullmatch(r"([\w.-]+)==(\S+)", line):
            pins[canonicalize_name(pin[1])] = Version(pin[2])
    for requirement in map(Requirement, MANIFEST["requirements"]):
        name = canonicalize_name(requirement.name)
        assert not re.search(r"===?", str(requirement.specifier)), f"{requirement} is no range"
        assert requirement.specifier.contains(LOCK[name]), (
            f"{requirement}, tested with {LOCK[name]}"
        )
        if name in pins:
            assert requirement.specifier.contains(pins[name]), f"{requirement}, but {pins[name]}"


def test_each_library_that_is_imported_is_there_on_a_users_machine() -> None:
    there = required(metadata.requires("homeassistant") or [])
    there |= required(MANIFEST["requirements"])
    for domain in MANIFEST["dependencies"]:
        there |= required(core_manifest(domain).get("requirements", []))
    distributions = metadata.packages_distributions()
    # voluptuous is an alias that Home Assistant makes.
    known = sys.stdlib_module_names | {"_typeshed", "homeassistant", "voluptuous"}
    for name in {name.split(".")[0] for name in imported()} - known:
        made_by = {canonicalize_name(distribution) for distribution in distributions.get(name, [])}
        assert made_by & there, f"{name} is imported, but not in the manifest's requirements"


def test_each_integration_that_is_used_is_a_dependency() -> None:
    used = {
        name.split(".")[2] for name in imported() if name.startswith("homeassistant.components.")
    }
    declared = set(MANIFEST["dependencies"]) | set(MANIFEST.get("after_dependencies", []))
    assert used - ALWAYS_THERE - declared == set()
    assert all((CORE / "components" / domain).is_dir() for domain in declared)


# --- texts and icons -------------------------------------------------------------------------


def leaves(texts: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the value of each text."""
    if isinstance(texts, dict):
        for key, value in texts.items():
            yield from leaves(value, f"{path}.{key}".lstrip("."))
    else:
        yield path, texts


def test_texts_are_written_out() -> None:
    # References to other texts are resolved when Home Assistant itself is built, only.
    assert [path for path, text in leaves(english()) if "[%key:" in text] == []


def test_english_is_what_translators_start_from() -> None:
    strings = INTEGRATION / "strings.json"
    if strings.exists():
        assert json.loads(strings.read_text()) == english()


def test_each_language_translates_what_there_is_and_keeps_the_placeholders() -> None:
    original = dict(leaves(english()))
    for file in (INTEGRATION / "translations").glob("*.json"):
        for path, text in leaves(json.loads(file.read_text())):
            assert path in original, f"{file.name}: nobody says {path}"
            names = re.findall(r"{\w+}", text)
            assert set(names) == set(re.findall(r"{\w+}", original[path])), f"{file.name}: {path}"


def test_each_error_that_the_code_names_has_a_text() -> None:
    for path, tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            words = {word.arg: word.value for word in node.keywords}
            key = words.get("translation_key")
            if isinstance(key, ast.Constant) and "translation_domain" in words:
                text = f"exceptions.{key.value!s}.message"
                assert lookup(english(), text), f"{path.name} needs {text}"


def keys_said(tree: ast.AST) -> Iterator[str]:
    """Yield a pattern for each string that could be a text's key: 'offline', f'{part}_invalid'."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(key)) if key:
                yield re.escape(key)
            case ast.JoinedStr(values=parts):
                words = [part.value if isinstance(part, ast.Constant) else None for part in parts]
                if re.fullmatch(r"\w{4,}", "".join(str(word) for word in words if word)):
                    yield "".join(r"\w+" if word is None else str(word) for word in words)


@pytest.mark.parametrize("category", ["exceptions", "issues"])
def test_no_text_is_left_over(category: str) -> None:
    said = re.compile("|".join({key for _, tree in sources() for key in keys_said(tree)}))
    assert [key for key in english().get(category, {}) if not said.fullmatch(key)] == []


def test_each_icon_belongs_to_something_that_has_a_name() -> None:
    icons = json.loads((INTEGRATION / "icons.json").read_text())
    for path, icon in leaves(icons):
        assert re.fullmatch(r"mdi:[a-z0-9-]+", icon), f"{path}: {icon}"
    for platform, keys in icons.get("entity", {}).items():
        for key, icon in keys.items():
            texts = lookup(english(), f"entity.{platform}.{key}")
            assert texts, f"entity.{platform}.{key} has an icon, but no name"
            assert icon.get("state", {}).keys() <= texts.get("state", icon.get("state", {})).keys()
    assert icons.get("services", {}).keys() == english().get("services", {}).keys()


# --- pictures, packaging, automation ---------------------------------------------------------


@pytest.mark.parametrize(
    ("picture", "width", "height"),
    [("icon", 256, 256), ("logo", None, 128), ("dark_logo", None, 128)],
)
@pytest.mark.parametrize("scale", [1, 2])
def test_brand_pictures_have_the_sizes_that_home_assistant_asks_for(
    picture: str, width: int | None, height: int, scale: int
) -> None:
    suffix = "" if scale == 1 else "@2x"
    header = (INTEGRATION / "brand" / f"{picture}{suffix}.png").read_bytes()[:33]
    signature, chunk, actual_width, actual_height = struct.unpack(">8s4x4sII", header[:24])
    assert (signature, chunk) == (b"\x89PNG\r\n\x1a\n", b"IHDR")
    assert actual_height == height * scale
    assert width is None or actual_width == width * scale


def test_the_oldest_home_assistant_that_hacs_lets_in_is_the_one_that_is_tested() -> None:
    least = json.loads((ROOT / "hacs.json").read_text())["homeassistant"]
    locked = (ROOT / "requirements" / "oldest.lock").read_text().split()
    assert f"homeassistant=={least}" in locked
    # What is ours is the same in both: only Home Assistant, and what it wants, is older.
    names = {canonicalize_name(line.partition("==")[0]) for line in locked}
    ours = (ROOT / "requirements" / "dev.in").read_text().splitlines()
    wanted = {re.split(r"[=<>]", line)[0] for line in ours if line and not line.startswith("#")}
    assert {canonicalize_name(name) for name in wanted} <= names


def test_hacs_and_the_marketplace_understand_hacs_json() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    manifest = RepositoryManifest.from_dict(hacs)
    # The Marketplace always shows the README; render_readme is for HACS.
    assert manifest.manifest.keys() == hacs.keys() - {"render_readme"}
    assert manifest.zip_release
    assert AwesomeVersion(manifest.homeassistant) <= AwesomeVersion(str(LOCK["homeassistant"]))


def test_the_package_is_the_integration_without_a_folder_around_it(tmp_path: Path) -> None:
    file = tmp_path / json.loads((ROOT / "hacs.json").read_text())["filename"]
    subprocess.run([ROOT / "scripts" / "package", file], check=True, capture_output=True)
    with zipfile.ZipFile(file) as package:
        names = package.namelist()
        assert json.loads(package.read("manifest.json"))["domain"] == DOMAIN
    assert {"__init__.py", "translations/en.json", "brand/icon.png"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or "test" in name]


def test_workflows_run_scripts_that_exist() -> None:
    called = []
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        for job in yaml.safe_load(file.read_text())["jobs"].values():
            called += re.findall(
                r"scripts/\w+", " ".join(step.get("run", "") for step in job["steps"])
            )
    assert {"scripts/test", "scripts/lint", "scripts/package"} <= set(called)
    assert [script for script in called if not os.access(ROOT / script, os.X_OK)] == []
