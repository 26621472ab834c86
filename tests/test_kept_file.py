"""A file beside a site is for Home Assistant's eyes only, and is the old one or the new one, never half of it."""

import json
from pathlib import Path
from typing import Any

from custom_components.fusewise.kept_file import KeptFile
from homeassistant.core import HomeAssistant


async def test_it_may_be_read_by_home_assistant_only_and_is_replaced_as_a_whole(
    tmp_path: Path,
) -> None:
    hass = HomeAssistant(str(tmp_path))  # the fixture's writes no files
    file: KeptFile[dict[str, Any]] = KeptFile(hass, "home")
    await file.async_save({"what": "was"})
    path = tmp_path / ".storage" / "fusewise.home"
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8") as before:
        await file.async_save({"what": "is"})
        # Who reads it meanwhile, or loses power, has the one or the other.
        assert json.load(before)["data"] == {"what": "was"}
    assert await KeptFile[dict[str, Any]](hass, "home").async_load() == {"what": "is"}
    await hass.async_stop(force=True)
