"""Every standard text in every language, with everything as long as it can be: it fits, and says what it must."""

import re

import pytest

from transport.api.render import CATALOGUES
from transport.kernel.i18n import LANGUAGES, Lang
from transport.operations.messages import sms, texts, wording
from transport.operations.messages.models import MessageKind
from transport.operations.messages.wording import Worded

KINDS = list(texts.STANDARD)
MOST = {"cs": (1, 3), "en": (2, 2), "de": (2, 2), "uk": (3, 3)}
"""Text messages at most, without and with diacritics."""
ILL = re.compile(
    r"vozík|invalid|postižen|nemoc|diagn|wheelchair|disab|blind|deaf|illness|візок|інвалід|Rollstuhl|behindert|krank",
    re.IGNORECASE,
)


def worded(kind: MessageKind, language: Lang) -> Worded:
    words = CATALOGUES[language]
    return Worded(kind, language, words.text(texts.STANDARD[kind]), own=False, words=words)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_standard_text_fits_and_says_what_it_must(kind: MessageKind, language: Lang):
    text = worded(kind, language)
    wording.check(kind, text.text)
    bare, accented = MOST[language]
    assert text.segments <= bare
    assert text.segments_accented <= accented
    assert sms.segments(sms.bare(text.longest(to_representative=True), language)) <= bare, "to a representative"


@pytest.mark.parametrize("kind", KINDS)
def test_a_czech_text_without_diacritics_is_one_text_message_of_plain_letters(kind: MessageKind):
    text = worded(kind, "cs")
    for bare in (sms.bare(text.longest(), "cs"), sms.bare(text.longest(to_representative=True), "cs")):
        assert bare.isascii()
        assert len(bare) <= 160


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_begins_with_the_same_name_and_leads_nowhere_but_to_the_log_in(language: Lang):
    found = [worded(kind, language) for kind in KINDS]
    assert len({each.text.partition(":")[0] for each in found}) == 1
    assert not [each.kind for each in found if "://" in each.text or "www" in each.text]
    assert {each.kind for each in found if "{login}" in each.text} == {
        MessageKind.REGISTRATION_VERIFIED,
        MessageKind.MANDATE_OFFERED,
    }
    assert not [each.kind for each in found if ILL.search(each.text)]


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_is_not_written_to_is_not_asked_to_answer_by_text_message(kind: MessageKind):
    words = CATALOGUES["en"]
    said = wording.fill(texts.STANDARD[kind], texts.completed(texts.LONGEST, words, by_text_message=False))
    assert "answer C" not in said
    assert "answer Y" not in said
    assert "READY" not in said


def test_sentences_begin_with_a_capital_and_what_is_unknown_leaves_no_gap():
    filling = {"day": "út 26. 11.", "crew": "", "cancel": "odpovězte ZRUS 1"}
    assert (
        wording.fill("Jede {day}. {crew} Nejedete? {cancel}", filling) == "Jede út 26. 11. Nejedete? Odpovězte ZRUS 1"
    )
    assert wording.fill("{day} vás vezmeme", filling) == "út 26. 11. vás vezmeme"


def test_every_kind_has_a_subject_and_says_what_is_needed():
    assert set(texts.SUBJECTS) == set(texts.NEEDED) == set(texts.STANDARD)
    assert set(MessageKind) - set(texts.STANDARD) == {MessageKind.COMPLAINT_ANSWERED, MessageKind.REPLY}
