"""What the messages with a code say. A text message is one segment, and its last line is for the telephone to fill in.

The last line is a convention of browsers and telephones (WICG, origin-bound one-time codes): `@host #code`. The
telephone offers the code only on pages of that host, so a page that looks like ours does not get it.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from transport.accounts.contacts import Way
from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _
from transport.operations.messages.sms import segments, without_diacritics


@dataclass(frozen=True, slots=True)
class Said:
    """A message, with a subject if it is an e-mail."""

    text: str
    subject: str = ""


def message(way: Way, code: str, link: str, name: str, public_url: str, words: Catalogue) -> Said:
    """The message with a code, and with the link where one can be opened."""
    host = urlsplit(public_url).hostname or ""
    if way is Way.SMS:
        return Said(_sms(code, host, words))
    if way is Way.CALL:
        return Said(_call(code, name, words))
    text = words.text(
        _(
            "Open this link and press the button there:\n\n{link}\n\nOr write this code on the page: {code}\n\n"
            "Both work for 15 minutes and only once. If you did not want to log in, do nothing."
        )
    )
    return Said(text.format(link=link, code=code), words.text(_("Log in: {name}")).format(name=name))


def _sms(code: str, host: str, words: Catalogue) -> str:
    last = f"\n\n@{host} #{code}"
    long = words.text(_("Your code is {code}. It works for 15 minutes. Never tell it to anybody.")).format(code=code)
    for text in (long, words.text(_("Code: {code}")).format(code=code), code):
        written = without_diacritics(text) + last
        if segments(written) == 1:
            return written
    return code


def _call(code: str, name: str, words: Catalogue) -> str:
    """Read out digit by digit, twice: nobody has to be quick with a pencil."""
    digits = ", ".join(code)
    text = words.text(_("Hello, this is {name}. Your code is: {digits}. Once more: {digits}. Goodbye."))
    return text.format(name=name, digits=digits)
