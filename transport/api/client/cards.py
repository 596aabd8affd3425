"""The form of a card: its number and until when it is valid."""

from datetime import date

from transport.api.client import written
from transport.api.forms import Fields, one
from transport.kernel.errors import Invalid

LONGEST = 40


def read(data: Fields, today: date, *, number_needed: bool) -> tuple[str, date | None, dict[str, Invalid]]:
    """The number and the last day (None: for ever), and what is wrong by field."""
    wrong: dict[str, Invalid] = {}
    number, until = " ".join(one(data, "card_number").split()), one(data, "valid_until")
    if len(number) > LONGEST or (number_needed and not number):
        wrong["card_number"] = Invalid("registration.card_missing", field="card_number")
    last = None if written.unlimited(until) else written.last_day(until, today)
    if last is None and not written.unlimited(until):
        wrong["valid_until"] = Invalid("registration.until_unclear", field="valid_until")
    return number, last, wrong
