"""Where this house runs: settings from TRANSPORT_* environment variables, with defaults that run."""

import re
from pathlib import Path

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_SITE = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?/")
_HOME = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Everything that differs between one machine and another; the rules of the service are not here (policy)."""

    model_config = SettingsConfigDict(env_prefix="TRANSPORT_", frozen=True, extra="ignore")

    data_dir: Path = _HOME / "data"
    """Rules (service.toml), known places and the demo's invented people."""
    local_dir: Path = _HOME / "data" / "local"
    """What this machine makes: the default database, imported addresses and roads."""
    database_url: str = ""
    """Empty: SQLite in local_dir. Production: postgresql+psycopg://user@host/name."""
    database_password_file: Path | None = None
    """A file with the database password, put into the URL; so that no secret stands in the environment."""
    host: str = "127.0.0.1"
    port: int = 8000
    https: bool = False
    """True behind TLS: cookies are then sent over https only."""
    session_hours: int = 24
    driver_app: bool = True
    """False: the driver's app takes itself away from every telephone, all pages come from the server alone."""
    public_url: str = "http://127.0.0.1:8000"
    """How people reach the pages: links in messages begin with it, and passkeys belong to its name."""
    smtp_url: str = ""
    """A mail server, smtp://user@host:587. Without it and its two neighbours messages are only printed."""
    smtp_token_file: Path | None = None
    smtp_sender: str = ""
    """Who writes e-mails. Empty: the address of the service."""
    sms_url: str = ""
    """A gateway for text messages."""
    sms_token_file: Path | None = None
    sms_inbound_token_file: Path | None = None
    """What the gateway shows when it hands over text messages to `POST /brana/sms`. None: nothing is taken."""
    feed_token_file: Path | None = None
    """What a program shows that reads the day under way at `/brana/provoz.json`. None: nobody may."""
    voice_url: str = ""
    """A gateway that calls and reads the text out."""
    voice_token_file: Path | None = None
    nominatim_url: str = ""
    photon_url: str = ""
    pelias_url: str = ""
    tiles_url: str = ""
    """Pictures of the ground under the dispatcher's map, https://tiles.example.org/{z}/{x}/{y}.png. Empty: the roads
    that were imported."""
    tiles_attribution: str = ""
    """Whose the pictures are; it stands on the map."""
    cluster_url: str = ""
    """A Dask scheduler that shares out the parts of big days, tcp://host:8786. Empty: processes of this machine."""

    @property
    def database(self) -> str:
        """The database URL that is really used."""
        if not self.database_url:
            return f"sqlite:///{self.local_dir / 'transport.db'}"
        if self.database_password_file is None:
            return self.database_url
        from sqlalchemy import make_url  # noqa: PLC0415 - only here, and only in production

        password = self.database_password_file.read_text(encoding="utf-8").strip()
        return make_url(self.database_url).set(password=password).render_as_string(hide_password=False)

    @field_validator("tiles_url")
    @classmethod
    def _one_site(cls, value: str) -> str:
        """The policy of the page names this site, so it must be one, and its address must say which square."""
        if value and not (_SITE.match(value) and all(part in value for part in ("{z}", "{x}", "{y}"))):
            raise ValueError("an address like https://tiles.example.org/{z}/{x}/{y}.png is needed")
        return value

    @property
    def tiles_origin(self) -> str:
        """The site of the pictures, as policies of pages name it."""
        found = _SITE.match(self.tiles_url)
        return found[0].removesuffix("/") if found else ""

    @property
    def paper_dir(self) -> Path:
        """The manifests made in advance, a folder for each day."""
        return self.local_dir / "paper"

    @property
    def geo_dir(self) -> Path:
        """Imported addresses and roads."""
        return self.local_dir / "geo"
