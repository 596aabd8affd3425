"""Plugging the house together: settings in, services out. The one place where adapters are chosen."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from transport.accounts import secret
from transport.kernel import calendar, policy
from transport.kernel.db import connect
from transport.kernel.policy import Policies
from transport.kernel.settings import Settings
from transport.operations.messages.channels import Channels, simulated
from transport.operations.messages.gateway import Gateway
from transport.operations.messages.mail import Mail
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
    channels: Channels
    """How words leave the house."""
    inbound_token: str = ""
    """What the gateway shows that hands over text messages; empty: there is none, and its door is shut."""
    feed_token: str = ""
    """What a program shows that reads the day under way; empty: nobody may."""

    @property
    def key(self) -> bytes:
        """The secret from which the codes of shifts are made; whoever has only the database finds none of them."""
        return secret.kept(self.settings.local_dir / "key")

    @property
    def policies(self) -> Policies:
        """The rules of the service."""
        return self.world.policies


def plug(settings: Settings) -> Services:
    """Read the rules and open the database; PolicyError and CalendarError name what is wrong in the files."""
    searches: list[Geocoder] = [Gazetteer(settings.geo_dir / FILE)]
    servers = ((nominatim, settings.nominatim_url), (photon, settings.photon_url), (pelias, settings.pelias_url))
    searches += [adapter(url) for adapter, url in servers if url]
    policies = policy.load(settings.data_dir / "service.toml")
    return Services(
        settings=settings,
        database=connect(settings.database),
        world=World(
            policies=policies,
            travel=Travels(settings.geo_dir).of,
            calendar=calendar.load(settings.data_dir / "plzen"),
        ),
        addresses=OneAfterAnother(searches),
        channels=channels(settings, policies.service.email),
        inbound_token=_secret(settings.sms_inbound_token_file),
        feed_token=_secret(settings.feed_token_file),
    )


def channels(settings: Settings, sender: str) -> Channels:
    """The ways out that are set; with none set, and not behind TLS as a real service is, they are simulated."""
    sms, voice, mail = settings.sms_url, settings.voice_url, settings.smtp_url
    if not (sms or voice or mail or settings.https):
        return simulated()
    return Channels(
        sms=Gateway(sms, _secret(settings.sms_token_file)) if sms else None,
        voice=Gateway(voice, _secret(settings.voice_token_file)) if voice else None,
        email=Mail.at(mail, sender=settings.smtp_sender or sender, password=_secret(settings.smtp_token_file))
        if mail
        else None,
    )


def _secret(file: Path | None) -> str:
    return "" if file is None else file.read_text(encoding="utf-8").strip()
