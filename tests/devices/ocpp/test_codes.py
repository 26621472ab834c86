"""Every code that the log shows is explained to who reads it."""

from pathlib import Path
import re

from custom_components.fusewise.devices.ocpp import Refusal
from custom_components.fusewise.devices.ocpp.rpc import Fault
from custom_components.fusewise.devices.ocpp.transport import WORDS, LineFault
from custom_components.fusewise.devices.ocpp.ways import Trouble

ROOT = Path(__file__).parents[3]
CODE = re.compile(r"\bocpp-[a-z-]+[a-z]")


def test_every_code_that_is_logged_is_documented_and_no_other() -> None:
    written = [
        code
        for file in (ROOT / "custom_components/fusewise/devices/ocpp").rglob("*.py")
        for code in CODE.findall(file.read_text())
    ]
    rows = (ROOT / "docs/ocpp.md").read_text().partition("## Codes in the log")[2].splitlines()
    documented = [code for row in rows if row.startswith("| `") for code in CODE.findall(row)]
    assert len(documented) == len(set(documented))
    assert set(documented) == set(written)
    assert WORDS.keys() == set(LineFault)
    assert {*Fault, *LineFault, *Refusal, *Trouble} <= set(documented)
