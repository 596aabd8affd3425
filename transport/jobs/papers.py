"""Manifests are ready on paper before anybody needs them."""

from datetime import datetime

from transport.api.dispatcher import manifests
from transport.bootstrap import Services


def lay_papers(services: Services, now: datetime) -> int:
    """Make anew the papers of vehicles whose run has changed, look at the others; says how many are new."""
    return manifests.renew(services, now)
