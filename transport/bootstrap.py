"""Plugging the house together: settings in, services out. The one place where adapters are chosen."""

from dataclasses import dataclass

from sqlalchemy import Engine

from transport.kernel import calendar, policy
from transport.kernel.db import connect
from transport.kernel.policy import Policies
from transport.kernel.settings import Settings
from transport.routing.geo.gazetteer import FILE, Gazetteer
from transport.routing.geo.geocoding import Geocoder, OneAfterAnother, nominatim, pelias, photon
from transport.routing.geo.versions import Travels
from transport.routing.planning.day import World


@dataclass(frozen=True, slots=True)
class Services:
    """What doors hand on to rooms."""

    settings: Settings
    database: Engine
    world: World
    addresses: Geocoder
    """Where people search for a place that is not among the known ones."""

    @property
    def policies(self) -> Policies:
        """The rules of the service."""
        return self.world.policies


def plug(settings: Settings) -> Services:
    """Read the rules and open the database; PolicyError and CalendarError name what is wrong in the files."""
    searches: list[Geocoder] = [Gazetteer(settings.geo_dir / FILE)]
    servers = ((nominatim, settings.nominatim_url), (photon, settings.photon_url), (pelias, settings.pelias_url))
    searches += [adapter(url) for adapter, url in servers if url]
    return Services(
        settings=settings,
        database=connect(settings.database),
        world=World(
            policies=policy.load(settings.data_dir / "service.toml"),
            travel=Travels(settings.geo_dir).of,
            calendar=calendar.load(settings.data_dir / "plzen"),
        ),
        addresses=OneAfterAnother(searches),
    )
