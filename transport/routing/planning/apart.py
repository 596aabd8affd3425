"""People who must never meet: with whom somebody cannot be on board together. Pure."""

from collections.abc import Iterable

from transport.routing.planning.models import Promise


def alone(promises: Iterable[Promise]) -> set[int | None]:
    """Promises that ride alone because an earlier one of the day is of somebody whom they must never meet."""
    found: set[int | None] = set()
    kept_apart = [promise for promise in promises if promise.apart]
    for at, promise in enumerate(kept_apart):
        numbers = frozenset(map(int, promise.apart.split()))
        if any(never_meet(numbers, earlier) for earlier in kept_apart[:at]):
            found.add(promise.id)
    return found


def never_meet(numbers: frozenset[int], other: Promise) -> bool:
    """Whether a party with these numbers must not meet this one."""
    return any(-int(number) in numbers for number in other.apart.split())
