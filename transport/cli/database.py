"""`transport db upgrade` and `transport seed`: the shape of the database, and what every service starts with."""

import json
from typing import Annotated

import typer

from transport import jobs
from transport.cli.refusals import plugged
from transport.kernel import clock
from transport.kernel.db import writing
from transport.migrations import chain
from transport.routing.geo import places, versions
from transport.routing.geo.travel import AirLine

app = typer.Typer()
shape = typer.Typer(no_args_is_help=True, help="The shape of the database.")
app.add_typer(shape, name="db")

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@shape.command()
def upgrade(*, as_json: AsJson = False) -> None:
    """Bring the database to the shape this program expects; does nothing if it has it."""
    with plugged() as services:
        chain.upgrade(services.database)
        newest = chain.newest()
    typer.echo(json.dumps({"revision": newest}) if as_json else f"The database has revision {newest}.")


@app.command()
def seed(*, as_json: AsJson = False) -> None:
    """Bring in the known places, the air-line travel times and the open days; safe to repeat."""
    with plugged() as services:
        now = clock.utc_now()
        travel = services.policies.on(clock.local_day(now)).travel
        with writing(services.database) as session:
            known = places.seed(session, services.settings.data_dir / "plzen" / "places.csv")
            version = versions.register_air_line(session, AirLine(travel.detour_factor, travel.speed_kmh), now=now)
        opened = jobs.open_days(services, now)
    result = {"places": known, "travel_version": version.id, "days_opened": opened}
    typer.echo(json.dumps(result) if as_json else f"{known} places, {opened} days opened, times by {version.label}.")
