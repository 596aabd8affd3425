"""Telephone numbers and e-mail addresses as people really write them."""

import pytest

from transport.accounts import contacts


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("777 123 456", "+420777123456"),
        ("777123456", "+420777123456"),
        ("420 777 123 456", "+420777123456"),
        ("(+420) 777.123.456", "+420777123456"),
        ("00420 777 123 456", "+420777123456"),
        ("377 331 111", "+420377331111"),
        ("+380 (67) 123-45-67", "+380671234567"),
        ("0049 171 1234567", "+491711234567"),
        ("+421 905 123 456", "+421905123456"),
        ("0777 123 456", None),
        ("77 123 456", None),
        ("777 123 456 7", None),
        ("call my son", None),
        ("777 call me", None),
        ("+", None),
        ("", None),
        ("7" * 10_000, None),
    ],
)
def test_a_number_is_kept_in_one_form(written: str, kept: str | None) -> None:
    assert contacts.phone(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Jana@Example.org ", "jana@example.org"),
        ("jana.nováková@plzeň.example", "jana.nováková@plzeň.example"),
        ("jana@localhost", None),
        ("petr,jana@example.org", None),
        ("<jana@example.org>", None),
        ("jana", None),
        ("jana@example.org, petr@example.org", None),
        ("jana@example.org\nBcc: all@example.org", None),
        (f"{'j' * 200}@example.org", None),
    ],
)
def test_an_address_is_kept_in_small_letters(written: str, kept: str | None) -> None:
    assert contacts.email(written) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Jana@example.org", "jana@example.org"), ("777 123 456", "+420777123456"), ("jana", None)],
)
def test_one_field_takes_either(typed: str, kept: str | None) -> None:
    assert contacts.contact(typed) == kept


@pytest.mark.parametrize(
    ("number", "landline"),
    [
        ("+420377331111", True),
        ("+420777123456", False),
        ("+420700000001", False),
        ("+49301234567", True),
        ("+380671234567", False),
        ("jana@example.org", False),
    ],
)
def test_a_landline_is_told_from_a_mobile(number: str, landline: bool) -> None:
    assert contacts.is_landline(number) is landline
