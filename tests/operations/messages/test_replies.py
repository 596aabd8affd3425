"""What is answered by itself: in every language, in one text message where the language is written without marks."""

import pytest

from transport.api.render import CATALOGUES
from transport.kernel.i18n import LANGUAGES, Lang
from transport.operations.messages import replies, sms
from transport.operations.messages.replies import Reply

LONGEST = {
    "number": "472180",
    "other": "472181",
    "day": "st 30. 12.",
    "start": "10:30",
    "end": "10:45",
    "at": "10:45",
    "as_of": "10:35",
    "fee": "150 Kč",
    "phone": "800000000",
    "word": "POZDEJI",
    "choice": ", ".join(f"47218{digit}: st 30. 12. 10:45" for digit in range(3)),
}
"""What may be filled in, each as long as it can be."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_is_short_enough_in_every_language(language: Lang):
    most = {"cs": 1, "en": 1, "de": 2, "uk": 3}[language]
    written = {
        reply: replies.written(reply, CATALOGUES[language], LONGEST, diacritics=language == "uk")
        for reply in replies.TEXTS
    }
    assert {reply: text for reply, text in written.items() if sms.segments(text) > most} == {}


def test_every_outcome_is_answered_or_left_alone_on_purpose():
    assert set(Reply) - set(replies.TEXTS) == {Reply.OVERTAKEN, Reply.REPEATED}
