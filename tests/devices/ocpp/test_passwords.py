"""A charger's password is understood as chargers send it, and nothing that they send breaks anything."""

import base64

import pytest

from custom_components.fusewise.devices.ocpp.passwords import (
    can_be,
    fits,
    hashed,
    is_slow,
    new_password,
    password_in,
    user_in,
)


def basic(pair: bytes) -> str:
    return f"Basic {base64.b64encode(pair).decode()}"


@pytest.mark.parametrize(
    ("authorization", "password", "user"),
    [
        (basic(b"garage:secret"), b"secret", "garage"),
        (basic(b"a:b:c"), b"b:c", "a"),
        (basic(b"nobody"), None, None),
        (basic(b"\xff\xfe:secret"), b"secret", None),  # a user that is no text
        ("Bearer abc", None, None),
        ("Basic !!!", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_what_stands_in_a_header_is_read_or_nothing_is(
    authorization: str | None, password: bytes | None, user: str | None
) -> None:
    assert password_in(authorization, "garage") == password
    assert user_in(authorization) == user


def test_an_identity_with_a_colon_is_not_taken_for_a_password() -> None:
    assert password_in(basic(b"EV:1:secret"), "EV:1") == b"secret"


def test_a_password_that_was_made_fits_as_digits_and_as_bytes() -> None:
    made = new_password()
    stored = hashed(made)
    assert not is_slow(stored)
    for given in (made.encode(), made.upper().encode(), bytes.fromhex(made)):
        assert fits(stored, given)
    assert not fits(stored, new_password().encode())
    assert made not in stored


@pytest.mark.parametrize(
    "thought_of",
    ["correct horse battery staple", "0123456789abcdef0123456789abcdeg", "0" * 33],
    ids=["words", "nearly hexadecimal", "an odd number of digits"],
)
def test_a_password_that_somebody_thought_of_is_kept_slowly_and_fits_only_as_it_is(
    thought_of: str,
) -> None:
    assert can_be(thought_of)
    stored = hashed(thought_of)
    assert is_slow(stored)
    assert fits(stored, thought_of.encode())
    assert not fits(stored, thought_of[:-1].encode())
