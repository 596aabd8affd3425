"""The people of every story: always the same few, so that a test reads like a sentence.

Anna uses a wheelchair and stays in it. Bedřich is blind and has a guide dog. Cyril is Anna's son and holds her
mandate. Dana dispatches, Emil drives, Františka watches over the contract, Hana takes the telephone, Iva looks
after the house. Gustav is nobody: he may log in and see nothing.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from tests.builders.clients import a_client, a_mandate, a_user, acting
from transport.booking.clients.models import Client, Power
from transport.booking.clients.needs import Mobility
from transport.kernel.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class Cast:
    """Clients as rows, everybody else as the actor they are; `anna_herself` is Anna logged in."""

    anna: Client
    bedrich: Client
    anna_herself: Actor
    cyril: Actor
    dana: Actor
    emil: Actor
    frantiska: Actor
    hana: Actor
    gustav: Actor
    iva: Actor


def gather(session: Session) -> Cast:
    annas = a_user(session, Role.CLIENT, "Anna Vozková")
    anna = a_client(
        session,
        "Anna Vozková",
        born=date(1950, 5, 17),
        mobility=Mobility.WHEELCHAIR_STAYS,
        chair_mass_kg=110,
        user_id=annas.id,
        phone="+420700000001",
    )
    bedrich = a_client(session, "Bedřich Tma", born=date(1944, 2, 3), blind=True, guide_dog=True, phone="+420700000002")
    cyril = a_user(session, Role.REPRESENTATIVE, "Cyril Vozka")
    a_mandate(session, anna, cyril, Power.SEE, Power.BOOK, Power.CANCEL)
    return Cast(
        anna=anna,
        bedrich=bedrich,
        anna_herself=acting(annas),
        cyril=acting(cyril),
        dana=acting(a_user(session, Role.DISPATCHER, "Dana Dispečerová")),
        emil=acting(a_user(session, Role.DRIVER, "Emil Řidič")),
        frantiska=acting(a_user(session, Role.MANAGER, "Františka Úřední")),
        hana=acting(a_user(session, Role.OPERATOR, "Hana Sluchátková")),
        gustav=acting(a_user(session, Role.CLIENT, "Gustav Nikdo")),
        iva=acting(a_user(session, Role.ADMIN, "Iva Správní")),
    )
