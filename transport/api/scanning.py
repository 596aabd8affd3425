"""The code of a shift as a picture that a telephone's camera reads, and the address in it."""

import io

import segno

from transport.bootstrap import Services
from transport.operations.driving.passes import Pass

QUIET_ZONE = 4
"""Modules of white around a QR code, without which cameras do not find it (ISO/IEC 18004)."""


def address(services: Services, code: Pass) -> str:
    """Where the driver of a shift logs in."""
    return f"{services.settings.public_url.rstrip('/')}/ridic/s/{code.token}"


def svg(text: str) -> str:
    """A QR code of the text, as large as whoever shows it wishes; it can be read with a seventh of it gone."""
    drawn = io.BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(
        drawn,
        kind="svg",
        border=QUIET_ZONE,
        omitsize=True,
        xmldecl=False,
        light="#fff",
        svgclass=None,
        lineclass=None,
        nl=False,
    )
    return drawn.getvalue().decode()
