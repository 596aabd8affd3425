"""Whether some people are told no more often than others: denials per wish, with how sure one can be. Pure.

A **wish** is one leg that somebody asked for within the rules; it became a ride or was denied, and one that was
denied and taken at another time is one wish, and denied. Intervals are those of Wilson (Journal of the American
Statistical Association 22, 1927, pages 209-212); two rates are compared by the difference of Newcombe's method 10
(Statistics in Medicine 17, 1998, pages 873-890). A breakdown asks several questions at once, so each is asked at a
confidence of 1 - 0.05 / groups (Bonferroni): the whole breakdown accuses nobody by mistake in 95 of 100 cases.

Both count wishes as independent. Somebody who is denied three times in a row is three wishes and one person, so
the number of persons stands beside every line.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class MadeWish:
    """One wish as far as fairness is concerned: whose, from where, with which need, how and for when it was made."""

    client: int
    district: str
    need: str
    channel: str
    hour: int
    denied: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, and the interval in which the true rate lies, from 0 to 1."""

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The rate as counted."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One group of a breakdown. `rate` None: too few persons to print.

    `stands_out` is 1 if the group is denied more often than all others together, -1 if less often, 0 if nobody can
    tell.
    """

    group: str
    persons: int | None
    rate: Rate | None
    stands_out: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report. `persons` says how many people were denied once, twice, and three times or more."""

    total: Rate
    persons: Mapping[str, int | None]
    breakdowns: Mapping[str, tuple[Line, ...]]

    @property
    def standing_out(self) -> list[tuple[str, Line]]:
        """Groups that are denied more often or less often than the others, with their breakdown."""
        return [(name, line) for name, lines in self.breakdowns.items() for line in lines if line.stands_out]


BREAKDOWNS: Mapping[str, Callable[[MadeWish], str]] = {
    "district": lambda wish: wish.district,
    "need": lambda wish: wish.need,
    "channel": lambda wish: wish.channel,
    "hour": lambda wish: f"{wish.hour:02d}",
}


def of(wishes: Iterable[MadeWish], *, below: int) -> Report:
    """The report; lines of 1 to `below` - 1 persons are hidden, as they would point to somebody."""
    made = list(wishes)
    times = Counter(wish.client for wish in made if wish.denied)
    people = {
        "1": sum(count == 1 for count in times.values()),
        "2": sum(count == 2 for count in times.values()),
        "3+": sum(count >= 3 for count in times.values()),
    }
    return Report(
        total=rate(sum(wish.denied for wish in made), len(made), CONFIDENCE),
        persons={number: None if 0 < count < below else count for number, count in people.items()},
        breakdowns={name: _breakdown(made, group, below) for name, group in BREAKDOWNS.items()},
    )


def rate(count: int, of: int, confidence: float) -> Rate:
    """A rate with Wilson's score interval; nothing counted says nothing: 0 to 1."""
    if not of:
        return Rate(0, 0, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return Rate(count, of, max(0.0, middle - reach), min(1.0, middle + reach))


def difference(one: Rate, other: Rate) -> tuple[float, float]:
    """The interval of the difference of two rates (Newcombe), from their own intervals of the same confidence."""
    apart = one.share - other.share
    low = apart - sqrt((one.share - one.low) ** 2 + (other.high - other.share) ** 2)
    high = apart + sqrt((one.high - one.share) ** 2 + (other.share - other.low) ** 2)
    return low, high


def _breakdown(made: list[MadeWish], group: Callable[[MadeWish], str], below: int) -> tuple[Line, ...]:
    by_group: dict[str, list[MadeWish]] = {}
    for wish in made:
        by_group.setdefault(group(wish), []).append(wish)
    confidence = 1 - (1 - CONFIDENCE) / max(len(by_group), 1)
    denied, lines = sum(wish.denied for wish in made), []
    for name, wishes in sorted(by_group.items()):
        persons, here = len({wish.client for wish in wishes}), sum(wish.denied for wish in wishes)
        own = rate(here, len(wishes), confidence)
        others = rate(denied - here, len(made) - len(wishes), confidence)
        low, high = difference(own, others) if others.of else (0.0, 0.0)
        shown = Line(name, persons, rate(here, len(wishes), CONFIDENCE), (low > 0) - (high < 0))
        lines.append(Line(name, None, None) if persons < below else shown)
    return _covered(lines)


def _covered(lines: list[Line]) -> tuple[Line, ...]:
    """A single hidden line could be told from the total: the smallest other one is hidden with it."""
    told = [line for line in lines if line.rate is not None]
    if len(lines) - len(told) == 1 and told:
        smallest = min(told, key=lambda line: line.rate.of if line.rate else 0)
        lines[lines.index(smallest)] = Line(smallest.group, None, None)
    return tuple(lines)
