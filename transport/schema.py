"""All tables of the house, so that migrations and tests see the whole."""

from transport.accounts import models as accounts
from transport.booking.clients import models as clients
from transport.booking.contracts import models as contracts
from transport.booking.rides import models as rides
from transport.booking.standing import models as standing
from transport.kernel import claims, events
from transport.operations.dispatch import models as dispatch
from transport.operations.driving import models as driving
from transport.operations.messages import models as messages
from transport.operations.quality import models as quality
from transport.routing.fleet import models as fleet
from transport.routing.geo import models as geo
from transport.routing.planning import models as planning

__all__ = [
    "accounts",
    "claims",
    "clients",
    "contracts",
    "dispatch",
    "driving",
    "events",
    "fleet",
    "geo",
    "messages",
    "planning",
    "quality",
    "rides",
    "standing",
]
