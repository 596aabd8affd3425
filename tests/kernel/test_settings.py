"""Settings that must make sense before anything starts."""

import pytest
from pydantic import ValidationError

from transport.kernel.settings import Settings


def test_the_site_of_the_pictures_is_what_the_policy_of_a_page_may_name():
    set_so = Settings(tiles_url="https://tiles.example.org:8443/osm/{z}/{x}/{y}.png?key=1")
    assert set_so.tiles_origin == "https://tiles.example.org:8443"
    assert Settings().tiles_origin == ""


@pytest.mark.parametrize(
    "address",
    [
        "tiles.example.org/{z}/{x}/{y}.png",
        "https://{s}.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org; script-src */{z}/{x}/{y}",
        "https://tiles.example.org/all.png",
    ],
)
def test_an_address_of_pictures_that_names_no_single_site_or_no_square_is_refused(address):
    with pytest.raises(ValidationError):
        Settings(tiles_url=address)
