"""Lists of places as an operator keeps them, and finding the place that an address in a list means."""

from sqlmodel import Session, col, select

from transport.kernel import sheets
from transport.kernel.errors import Invalid
from transport.kernel.sheets import Batch, Column, Outcome, Row, Sheet
from transport.kernel.values import Point
from transport.routing.geo import places
from transport.routing.geo.models import Place, PlaceKind
from transport.routing.geo.places import Addresses, Hit
from transport.routing.geo.texts import words

NEAR_DEGREES = 3.0
"""Farther from the middle of the service, north or east, somebody has swapped latitude and longitude."""

FOUND = 5
"""So many finds are looked at for an address."""

COLUMNS = (
    Column("key", ("number", "key", "číslo", "klíč"), sheets.text(40)),
    Column("name", ("name", "place", "název", "místo"), sheets.text(200), needed=True),
    Column("address", ("address", "adresa"), sheets.text(300), needed=True),
    Column("municipality", ("municipality", "town", "obec", "město"), sheets.text(100), needed=True),
    Column("district", ("district", "část obce", "čtvrť"), sheets.text(100)),
    Column("lat", ("lat", "latitude", "zeměpisná šířka", "šířka"), sheets.degrees),
    Column("lon", ("lon", "longitude", "zeměpisná délka", "délka"), sheets.degrees),
    Column("category", ("category", "kind", "druh"), sheets.text(30)),
    Column("entrance", ("entrance", "vchod"), sheets.text(300)),
    Column("aliases", ("aliases", "also called", "další názvy"), sheets.text(500)),
)


def prepare(
    session: Session, sheet: Sheet, *, addresses: Addresses | None, near: Point
) -> tuple[Batch, dict[int, Point]]:
    """The rows that can become places, and where each of them is; the faults of the others. Reads only.

    A row without coordinates is looked up by its address; `near` is the middle of the service.
    """
    batch = sheets.read(sheet, COLUMNS)
    points: dict[int, Point] = {}
    faults = sheets.doubles(batch, key_of)
    for row in batch.rows:
        point = _point(session, row, addresses)
        if isinstance(point, Invalid):
            faults.append(batch.fault(row, point))
        elif abs(point.lat - near.lat) > NEAR_DEGREES or abs(point.lon - near.lon) > NEAR_DEGREES:
            faults.append(batch.fault(row, Invalid("sheet.far_away", field="lat")))
        else:
            points[row.number] = point
    return batch.without(faults), points


def bring(session: Session, batch: Batch, points: dict[int, Point], *, source: str) -> Outcome:
    """Make the rows known places; one known before, by its number or by name and town, stays as it is."""

    def write(row: Row) -> bool:
        if _known(session, row) is not None:
            return False
        in_city = select(Place.id).where(col(Place.in_city), Place.municipality == row["municipality"]).limit(1)
        session.add(
            Place(
                kind=PlaceKind.KNOWN,
                key=key_of(row),
                name=row["name"],
                category=row.get("category") or "other",
                address=row["address"],
                municipality=row["municipality"],
                district=row.get("district", ""),
                lat=points[row.number].lat,
                lon=points[row.number].lon,
                in_city=session.exec(in_city).first() is not None,
                entrance=row.get("entrance", ""),
                aliases=row.get("aliases", ""),
                source=source,
            )
        )
        session.flush()
        return True

    return sheets.bring(session, batch, write)


def key_of(row: Row) -> str:
    """What the place of a row is recognised by for ever: its number, else its name and town."""
    return _key(row.get("key") or f"{row['name']} {row['municipality']}")


def place_meant(session: Session, addresses: Addresses | None, text: str) -> Hit:
    """The one place that a text in a list means: all its words must be found in a place's name, key or address.

    Raises Invalid("sheet.place_unclear") if there is no such place: a list must not guess where somebody lives.
    """
    wanted = set(words(text))
    known = session.exec(select(Place.id).where(Place.key == _key(text))).first()
    if known is not None:
        return places.of_place(session, known)
    for hit in places.search(session, addresses, text, FOUND):
        said = set(words(f"{hit.name} {hit.address} {hit.municipality} {_aliases(session, hit)}"))
        if wanted and wanted <= said and (hit.precise or hit.place_id is not None):
            return hit
    raise Invalid("sheet.place_unclear")


def _key(text: str) -> str:
    return f"import-{'-'.join(words(text))}"[:60]


def _aliases(session: Session, hit: Hit) -> str:
    place = None if hit.place_id is None else session.get(Place, hit.place_id)
    return "" if place is None else place.aliases


def _known(session: Session, row: Row) -> Place | None:
    same = select(Place).where(Place.kind == PlaceKind.KNOWN, Place.name == row["name"])
    by_key = session.exec(select(Place).where(Place.key == key_of(row))).first()
    return by_key or session.exec(same.where(Place.municipality == row["municipality"])).first()


def _point(session: Session, row: Row, addresses: Addresses | None) -> Point | Invalid:
    lat, lon = row.get("lat"), row.get("lon")
    if (lat is None) != (lon is None):
        return Invalid("sheet.degrees_half", field="lat" if lat is None else "lon")
    if lat is not None and lon is not None:
        return Point(lat, lon)
    try:
        return place_meant(session, addresses, f"{row['address']}, {row['municipality']}").point
    except Invalid as error:
        return Invalid(error.code, field="address")
