"""Every text a person can meet is in the catalogues, in every language."""

import re
from functools import cache

import pytest
from babel.messages import pofile

from tools import i18n

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@cache
def collected() -> frozenset[object]:
    """Every text of code and templates; looking for them takes seconds."""
    return frozenset(message.id for message in i18n.extract() if message.id)


def test_the_collection_is_current():
    with (i18n.LOCALE / "messages.pot").open("rb") as file:
        written = {message.id for message in pofile.read_po(file) if message.id}
    assert collected() == written, "run `make i18n`"


@pytest.mark.slow
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_catalogue_knows_every_text(language: str):
    assert {message.id for message in i18n.load(language) if message.id} == collected(), "run `make i18n`"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_nothing_is_left_untranslated_or_guessed(language: str):
    catalog = i18n.load(language)
    assert i18n.untranslated(catalog) == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_translation_keeps_what_is_filled_in(language: str):
    wrong = [
        form
        for message in i18n.load(language)
        for form in i18n.forms(message.string)
        if message.id and not placeholders(form) <= placeholders(" ".join(i18n.forms(message.id)))
    ]
    assert wrong == []


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


@pytest.mark.slow
def test_the_collector_finds_texts_in_code_and_in_templates():
    assert collected(), "no text at all is not believable"
