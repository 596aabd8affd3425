"""The taxi as the last resort: who may be called, for whom, and for how much at most."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from transport.kernel.i18n import mark as _
from transport.kernel.policy.groups import Group, Haler


class TaxiProvider(Group):
    """Somebody who drives people for us when no vehicle of ours can."""

    name: Annotated[str, Field(min_length=1, max_length=60, description=_("What people call them"))]
    phone: Annotated[str, Field(min_length=1, max_length=40, description=_("Where a taxi is ordered"))]
    ramp: Annotated[bool, Field(description=_("Whether they take people who stay in their wheelchair"))] = False

    @property
    def features(self) -> frozenset[str]:
        """What their vehicles have of what people need."""
        return frozenset({"ramp"} if self.ramp else ())


class Taxi(Group):
    """When no vehicle of ours can come. Without providers no taxi is offered."""

    max_price: Annotated[Haler, Field(description=_("What one ride may cost at most"))] = 0
    start_price: Annotated[Haler, Field(description=_("What a taxi costs before it drives"))] = 0
    km_price: Annotated[Haler, Field(description=_("What each kilometre costs"))] = 0
    comes_minutes: Annotated[int, Field(ge=1, le=240, description=_("How soon a taxi is at the door"))] = 30
    providers: Annotated[tuple[TaxiProvider, ...], Field(description=_("Who may be called, in this order"))] = ()

    @model_validator(mode="after")
    def _worth_something(self) -> Self:
        if self.providers and not self.max_price:
            raise ValueError("max_price must be above 0 where there are providers")
        if len({each.name for each in self.providers}) != len(self.providers):
            raise ValueError("two providers have the same name")
        return self

    def named(self, name: str) -> TaxiProvider | None:
        """The provider with this name."""
        return next((each for each in self.providers if each.name == name), None)
