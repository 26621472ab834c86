"""Print what Home Assistant would install at its start for a set of integrations.

usage: python home_assistant.py [INTEGRATION ...]

With these in place `hass --skip-pip` starts at once, without the internet. Run with the
Python that has Home Assistant: the versions are its own. The integrations that it always
loads are included.
"""

import json
from pathlib import Path
import re
import sys

import homeassistant
from homeassistant import bootstrap

CORE = Path(homeassistant.__file__).parent

# Two voice packages are pinned to versions that exist as C++ sources only, and the frontend
# needs them importable. Their next major version has wheels.
WITH_WHEELS = {"pymicro-vad": "pymicro-vad>=2", "pyspeex-noise": "pyspeex-noise>=2"}

# These ask for theirs outside a manifest.
MODULES = ("scripts/check_config.py", "auth/mfa_modules/totp.py")


def requirements(integrations: set[str]) -> set[str]:
    """Return the requirements of the integrations and of all that they depend on."""
    found: set[str] = set()
    seen: set[str] = set()
    todo = list(integrations)
    while todo:
        domain = todo.pop()
        path = CORE / "components" / domain / "manifest.json"
        if domain in seen or not path.exists():
            continue
        seen.add(domain)
        manifest = json.loads(path.read_text())
        found.update(manifest.get("requirements", []))
        todo += manifest.get("dependencies", []) + manifest.get("after_dependencies", [])
    for module in MODULES:
        for line in re.findall(r"^REQUIREMENTS = .*$", (CORE / module).read_text(), re.MULTILINE):
            found.update(re.findall(r'"([^"]+==[^"]+)"', line))
    return found


def main() -> None:
    """Print one requirement per line."""
    always = (
        bootstrap.CORE_INTEGRATIONS
        | bootstrap.DEFAULT_INTEGRATIONS
        | {"logger", "network", "system_log"}
    )
    for requirement in sorted(requirements(always | set(sys.argv[1:])), key=str.lower):
        print(WITH_WHEELS.get(requirement.split("==", maxsplit=1)[0], requirement))


if __name__ == "__main__":
    main()
