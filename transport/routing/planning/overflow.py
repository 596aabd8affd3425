"""The taxi as the last resort: whom it may carry instead of us, for how much, and when they are there. Pure."""

from dataclasses import dataclass

from transport.routing import engine
from transport.routing.planning import resting
from transport.routing.planning.assuming import TaxiAllowed
from transport.routing.planning.day import DayBook
from transport.routing.planning.models import PromiseState


@dataclass(frozen=True, slots=True)
class ByTaxi:
    """A ride by taxi: its price in haléře, and the seconds at which somebody is fetched and is there."""

    price: int
    fetched: float
    arrives: float


def by_taxi(book: DayBook, taxi: TaxiAllowed, request: engine.Request, second: int) -> ByTaxi | None:
    """How a taxi called at a second would carry this ride; None if it must not.

    It has to have what the person needs: whoever stays in a wheelchair rides only where there is a ramp. A place that
    is held for somebody who is still deciding is not worth a taxi.
    """
    promise = book.promises[int(request.id)]
    has = frozenset(taxi.features.split())
    price = fare(taxi, int(book.problem.distances[request.pickup, request.dropoff]))
    if promise.state is not PromiseState.FIRM or request.features - has or price > taxi.most:
        return None
    if request.riders.get(engine.WHEELCHAIR, 0) and "ramp" not in has:
        return None
    fetched = max(request.pickup_window[0], second + taxi.within)
    leaves = fetched + request.pickup_service
    return ByTaxi(price, fetched, resting.arrival(book.problem, request.pickup, request.dropoff, leaves))


def fare(taxi: TaxiAllowed, metres: int) -> int:
    """What a ride of so many metres costs about, in haléře: the start and every kilometre begun by the tenth."""
    return taxi.start + -(-metres // 100) * taxi.per_km // 10
