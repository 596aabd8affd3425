"""`transport geo`: bring in addresses and roads, look what there is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from transport.kernel import clock, db, events, policy
from transport.kernel.actor import SYSTEM
from transport.kernel.errors import NotFound, ServiceError
from transport.kernel.settings import Settings
from transport.routing.geo import addresses, gazetteer, places, versions
from transport.routing.geo.models import TravelVersion
from transport.routing.geo.progress import Progress
from transport.routing.geo.travel import AirLine

app = typer.Typer(no_args_is_help=True, help="Addresses, roads and travel times.")

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

SENTENCES: dict[str, str] = {
    "geo.file_missing": "There is no file {file}.",
    "geo.file_unreadable": "The file {file} cannot be read: {reason}.",
    "addresses.encoding": "{file}, line {line}: the text is not in {expected}, as the register publishes it.",
    "addresses.column_missing": "{file}, line {line}: the column “{column}” is missing.",
    "addresses.row_broken": "{file}, line {line}: the row breaks off or is too long, at column “{column}”.",
    "addresses.value_broken": "{file}, line {line}, column “{column}”: “{value}” is not what belongs there.",
    "addresses.gzip_broken": "{file}: the compressed file is damaged or incomplete ({reason}).",
    "addresses.empty": "{file}: there is no address with a position in it.",
    "gazetteer.broken": "The imported addresses in {file} are damaged; import them again ({reason}).",
    "roads.broken": "{file}: this is not a complete .osm.pbf file ({reason}).",
    "roads.empty": "{file}: there are no connected roads for cars in it.",
    "roads.file_missing": "The imported roads {file} are gone; import them again.",
}
"""What an import says when it cannot go on; `{…}` are the facts of the refusal."""

STEPS = {
    "addresses": "reading addresses",
    "streets": "reading streets",
    "crossings": "reading crossings",
    "network": "building the network",
}


@app.command("import-addresses")
def import_addresses(
    files: Annotated[list[Path], typer.Argument(help="RÚIAN address files, .csv or .csv.gz, as published.")],
    as_json: AsJson = False,
) -> None:
    """Build the search of addresses anew from RÚIAN files; the old one stays until the new one is complete."""
    path = Settings().geo_dir / gazetteer.FILE
    with _refusals(), _progress() as progress:
        count = addresses.build(files, path, progress)
    _show({"addresses": count, "file": str(path)}, f"{count} addresses can be found now.", as_json=as_json)


@app.command("import-roads")
def import_roads(
    file: Annotated[Path, typer.Argument(help="An OpenStreetMap extract, .osm.pbf.")],
    as_json: AsJson = False,
) -> None:
    """Compute travel times on the roads of an OpenStreetMap extract from now on."""
    settings = Settings()
    with _refusals(), _database(settings) as engine:
        now = clock.utc_now()
        travel = policy.load(settings.data_dir / "service.toml").on(clock.local_day(now)).travel
        before = _current(engine)
        with _progress() as progress:
            built = versions.build_roads(file, settings.geo_dir, progress)
        fallback = AirLine(travel.detour_factor, travel.speed_kmh)
        with db.writing(engine) as session:
            version = versions.register_roads(session, built, fallback=fallback, now=clock.utc_now())
            changed = before is None or before.id != version.id
            if changed:
                events.record(
                    session,
                    "travel_times_imported",
                    subject=("travel_version", version.id),
                    by=SYSTEM,
                    now=clock.utc_now(),
                    facts={"digest": version.digest, "before": before.id if before else None},
                )
    sentence = (
        f"{built.stretches} stretches of road between {built.crossings} crossings are used from now on."
        if changed
        else "These roads are in use already; nothing has changed."
    )
    result = {
        "version": version.id,
        "label": version.label,
        "digest": version.digest,
        "crossings": built.crossings,
        "stretches": built.stretches,
        "changed": changed,
    }
    _show(result, sentence, as_json=as_json)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="A place or an address, as people type it.")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many finds.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Find places and addresses the way the pages do."""
    settings = Settings()
    found_in = closing(gazetteer.Gazetteer(settings.geo_dir / gazetteer.FILE))
    with _refusals(), found_in as register, _database(settings) as engine, db.reading(engine) as session:
        hits = places.search(session, register, text, limit)
    if as_json:
        typer.echo(
            json.dumps(
                [
                    {
                        "name": hit.name,
                        "address": hit.address,
                        "municipality": hit.municipality,
                        "lat": hit.point.lat,
                        "lon": hit.point.lon,
                        "place": hit.place_id,
                        "ruian": hit.ruian,
                        "precise": hit.precise,
                        "source": hit.source,
                    }
                    for hit in hits
                ],
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    table = Table("name", "address", "lat", "lon", "source")
    for hit in hits:
        table.add_row(hit.name, hit.address, f"{hit.point.lat:.5f}", f"{hit.point.lon:.5f}", hit.source)
    Console().print(table)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show what addresses and travel times are in use."""
    settings = Settings()
    found_in = closing(gazetteer.Gazetteer(settings.geo_dir / gazetteer.FILE))
    with _refusals(), found_in as register, _database(settings) as engine:
        count = len(register)
        version = _current(engine)
    travel = None if version is None else f"{version.label} ({version.kind})"
    result = {
        "addresses": count,
        "travel_version": version.id if version else None,
        "travel_times": travel,
        "imported_at": version.imported_at.isoformat() if version else None,
        "folder": str(settings.geo_dir),
    }
    _show(result, f"Addresses: {count}. Travel times: {travel or 'none yet'}.", as_json=as_json)


@contextmanager
def _database(settings: Settings) -> Iterator[Engine]:
    engine = db.connect(settings.database)
    try:
        yield engine
    finally:
        engine.dispose()


def _current(engine: Engine) -> TravelVersion | None:
    with db.reading(engine) as session:
        try:
            version = versions.current(session)
        except NotFound:
            return None
        session.expunge(version)  # it is read after the look has ended
        return version


def _show(result: Mapping[str, object], sentence: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(result, ensure_ascii=False, indent=2) if as_json else sentence)


@contextmanager
def _refusals() -> Iterator[None]:
    """One line on stderr and exit code 2 instead of a traceback."""
    try:
        yield
    except ServiceError as error:
        typer.echo(SENTENCES.get(error.code, str(error)).format(**error.facts), err=True)
    except policy.PolicyError as error:
        typer.echo(str(error), err=True)
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).splitlines()[0]
        typer.echo(f"The database cannot be used ({reason}). Was `transport db upgrade` run?", err=True)
    else:
        return
    raise typer.Exit(2)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Bars on stderr for a person at a terminal, one line per step otherwise."""
    console = Console(stderr=True)
    if not console.is_terminal:
        told: set[str] = set()

        def tell(step: str, done: int, total: int | None = None) -> None:
            del done, total
            if step not in told:
                told.add(step)
                console.print(f"{STEPS[step]} …")

        yield tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as bars:
        tasks = {step: bars.add_task(text, total=None, visible=False) for step, text in STEPS.items()}

        def draw(step: str, done: int, total: int | None = None) -> None:
            bars.update(tasks[step], completed=done, total=total, visible=True)

        yield draw
