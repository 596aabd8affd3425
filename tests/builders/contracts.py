"""A contract with a provider, in force for the whole of 2026."""

from datetime import UTC, date, datetime

from sqlmodel import Session, select

from transport.booking.contracts import contracts
from transport.booking.contracts.balance import ContractUnit, Period
from transport.booking.contracts.models import Contract
from transport.kernel import actor
from transport.routing.fleet.models import Provider

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def a_provider(session: Session, name: str = "Dopravce Plzeň") -> Provider:
    """The provider of that name, made when there is none yet."""
    provider = session.exec(select(Provider).where(Provider.name == name)).first()
    if provider is None:
        provider = Provider(name=name)
        session.add(provider)
        session.flush()
    return provider


def a_contract(
    session: Session,
    unit: ContractUnit = ContractUnit.METRES,
    allotment: int = 100_000,
    period: Period = Period.DAY,
    *,
    code: str = "S-2026",
    valid_from: date = date(2026, 1, 1),
    valid_until: date = date(2026, 12, 31),
    provider_id: int | None = None,
) -> Contract:
    """Units per period as given: `allotment` metres a day unless said otherwise."""
    if provider_id is None:
        provider_id = a_provider(session).id or 0
    return contracts.sign(
        session,
        code=code,
        provider_id=provider_id,
        purchaser="Statutární město Plzeň",
        unit=unit,
        period=period,
        allotment=allotment,
        rate_haler=2650,
        valid_from=valid_from,
        valid_until=valid_until,
        by=actor.SYSTEM,
        now=NOW,
    )
