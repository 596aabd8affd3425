"""When people are told: the quiet hours, the reminders, and how near is near."""

from datetime import time
from typing import Annotated, Self

from pydantic import Field, model_validator

from transport.kernel.i18n import mark as _
from transport.kernel.policy.groups import Days, Group


class Messages(Group):
    """When people are written to and called: nobody is woken, and nobody learns too late."""

    quiet_from: Annotated[time, Field(description=_("From then on only what cannot wait is sent"))] = time(21, 0)
    quiet_until: Annotated[time, Field(description=_("... until then"))] = time(6, 30)
    calls_until: Annotated[time, Field(description=_("Nobody is called with a message after this time"))] = time(22, 0)
    calls_from: Annotated[time, Field(description=_("... and before this time"))] = time(6, 0)
    urgent_minutes: Annotated[
        int, Field(ge=0, le=1440, description=_("What concerns a ride so soon after the quiet hours is sent at once"))
    ] = 180
    remind_from: Annotated[time, Field(description=_("Reminders of the next day leave from"))] = time(15, 0)
    remind_until: Annotated[time, Field(description=_("... and have left until"))] = time(18, 0)
    near_minutes: Annotated[
        int, Field(ge=1, le=60, description=_("So long before the vehicle comes people are told that it is near"))
    ] = 10
    opinion_days: Annotated[Days, Field(description=_("Days between two questions for an opinion"))] = 7
    ending_days: Annotated[Days, Field(description=_("So long before a standing order ends its client is told"))] = 14

    @model_validator(mode="after")
    def _reminders_in_order(self) -> Self:
        if self.remind_from >= self.remind_until:
            raise ValueError("remind_from must be before remind_until")
        return self
