"""What the dialogs ask about how chargers connect, and what is stored of the answers."""

from collections.abc import Mapping
import ipaddress
from typing import Any

import voluptuous as vol

from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from .const import (
    CONF_CERTIFICATE,
    CONF_CLIENT_AUTHORITY,
    CONF_ENCRYPTION,
    CONF_KEY,
    CONF_NETWORKS,
    CONF_NEW_CHARGERS,
)
from .forms import Answers, Errors, number
from .listening import ENCRYPTIONS, NO_TLS, introduces, networks_of

FILES = (CONF_CERTIFICATE, CONF_KEY, CONF_CLIENT_AUTHORITY)

PROPOSED = {CONF_HOST: "0.0.0.0", CONF_PORT: 9000}

OCPP_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PORT): number(1, 65535, step=1),
        vol.Required(CONF_HOST): TextSelector(),
    }
)

SECURITY_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NEW_CHARGERS, default=True): BooleanSelector(),
        vol.Required(CONF_NETWORKS): TextSelector(),
        vol.Required(CONF_ENCRYPTION, default=NO_TLS): SelectSelector(
            SelectSelectorConfig(
                options=list(ENCRYPTIONS),
                translation_key="encryption",
                mode=SelectSelectorMode.LIST,
            )
        ),
        **{vol.Optional(file): TextSelector() for file in FILES},
    }
)


def ocpp_settings(answers: Answers) -> Answers:
    """What is stored of the answers about the chargers' port."""
    return {CONF_HOST: answers[CONF_HOST].strip(), CONF_PORT: int(answers[CONF_PORT])}


def security_answers(settings: Mapping[str, Any]) -> Answers:
    """What the dialog shows of what is stored."""
    files = {file: settings[file] for file in FILES if settings.get(file)}
    return {
        CONF_NEW_CHARGERS: introduces(settings),
        CONF_NETWORKS: ", ".join(map(str, networks_of(settings))),
        CONF_ENCRYPTION: settings.get(CONF_ENCRYPTION, NO_TLS),
        **files,
    }


def security_errors(answers: Answers) -> Errors:
    """What cannot be right about who may connect."""
    errors: Errors = {}
    try:
        if not _networks(answers[CONF_NETWORKS]):
            raise ValueError
    except ValueError:
        errors[CONF_NETWORKS] = "networks_invalid"
    files = _files(answers)
    if files[CONF_KEY] and not files[CONF_CERTIFICATE]:
        errors[CONF_CERTIFICATE] = "certificate_of_key_missing"
    elif files[CONF_CLIENT_AUTHORITY] and answers[CONF_ENCRYPTION] == NO_TLS:
        errors[CONF_ENCRYPTION] = "encryption_needed"
    return errors


def security_settings(answers: Answers) -> Answers:
    """What is stored of the answers about who may connect."""
    return {
        CONF_NEW_CHARGERS: answers[CONF_NEW_CHARGERS],
        CONF_NETWORKS: _networks(answers[CONF_NETWORKS]),
        CONF_ENCRYPTION: answers[CONF_ENCRYPTION],
        **_files(answers),
    }


def _files(answers: Answers) -> dict[str, str | None]:
    return {file: answers.get(file, "").strip() or None for file in FILES}


def _networks(text: str) -> list[str]:
    """The networks in a text such as '192.168.1.0/24, 10.0.0.7'. Raises ValueError."""
    parts = (part.strip() for part in text.split(","))
    return [str(ipaddress.ip_network(part, strict=False)) for part in parts if part]
