"""The code of a shift as a picture that a telephone's camera reads, and the address in it."""

import io
from dataclasses import dataclass

import segno
from markupsafe import Markup

from transport.bootstrap import Services
from transport.operations.driving import passes
from transport.operations.driving.passes import Pass
from transport.routing.fleet.queries import Shift

QUIET_ZONE = 4
"""Modules of white around a QR code, without which cameras do not find it (ISO/IEC 18004)."""


PRINTED = 110
"""Pixels of a side on paper: 29 millimetres, read at arm's length."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The code of a shift as it stands on paper: to be scanned, or to be typed at `address`."""

    picture: Markup
    number: str
    address: str


def printed(services: Services, shift: Shift) -> Printed:
    """What of the code of a shift is printed; the picture is part of the page, so that a PDF has it too."""
    code = passes.of(shift, key=services.key, policies=services.policies)
    drawn = svg(address(services, code)).replace("<svg", f'<svg width="{PRINTED}" height="{PRINTED}"', 1)
    return Printed(
        picture=Markup(drawn.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)),  # noqa: S704 - made here
        number=f"{code.code[:4]}\u00a0{code.code[4:]}",
        address=f"{services.settings.public_url.rstrip('/')}/ridic",
    )


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
