"""Who could still fetch somebody whose promise is in the plan, besides all that they have to do. Pure; writes nothing.

Nobody else's promise moves, so that what one duty can do does not depend on the others: each is asked alone, and no
more of them than the question needs. A vehicle that would have had to set out before now sets out now.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from transport.kernel.values import Window
from transport.routing import engine
from transport.routing.planning import offers, soonest, swaps
from transport.routing.planning.day import DayBook
from transport.routing.planning.models import Promise


@dataclass(slots=True)
class Fetching:
    """A day to be asked about. `closes` and `now` are seconds of the day."""

    book: DayBook
    closes: int
    now: int
    _inserter: engine.Inserter | None = field(default=None, init=False)

    def can(self, promise: Promise, window: Window, duties: Iterable[str]) -> bool:
        """Whether one of these duties could pick them up within the window."""
        asked, known = self._asked(promise, window), {duty.id for duty in self.book.problem.duties}
        return any(
            self._reaches(book, asked, insertion)
            for book in (self._of(promise, duty) for duty in duties if duty in known)
            for insertion in engine.insert(book.problem, book.plan, asked)
        )

    def last(self, promise: Promise, window: Window, *, enough: int) -> int | None:
        """Until when somebody could pick them up within the window; None: nobody could.

        From `enough` on it is not said how much longer still: the own vehicle is asked only where no other one can.
        """
        if self._inserter is None:
            self._inserter = engine.Inserter(self.book.problem, self.book.plan)
        asked, key = self._asked(promise, window), str(promise.id)
        mine = {run.duty for run in self.book.plan.runs if any(stop.request == key for stop in run.stops)}
        others = [each for each in self._inserter.insert(asked) if each.duty not in mine]
        best = self._latest(self.book, asked, others)
        for book in (self._of(promise, duty) for duty in mine if best is None or best < enough):
            own = self._latest(book, asked, engine.insert(book.problem, book.plan, asked))
            best = max((each for each in (best, own) if each is not None), default=None)
        return best

    def _latest(self, book: DayBook, asked: engine.Request, places: list[engine.Insertion]) -> int | None:
        late = sorted(places, key=lambda each: -each.pickup_by)
        return next((int(each.pickup_by) for each in late if self._reaches(book, asked, each)), None)

    def _asked(self, promise: Promise, window: Window) -> engine.Request:
        party = swaps.party(promise)
        option = soonest.between(self.book, party, self.book.policy, window)
        return offers.request(self.book, party, soonest.closed(option, self.closes), "new")

    def _of(self, promise: Promise, duty: str) -> DayBook:
        """One duty of the day, without this promise."""
        problem, plan = soonest.alone(self.book.problem, self.book.plan, duty)
        return swaps.without(replace(self.book, problem=problem, plan=plan), {promise.id or 0})

    def _reaches(self, book: DayBook, asked: engine.Request, insertion: engine.Insertion) -> bool:
        return soonest.in_time(book, book.policy, asked, insertion, self.now)
