"""The devices of a vehicle: a secret is shown once, works at the door of positions, and is taken back."""

import base64
import json
import re

from tests.api.client.conftest import House


def test_a_device_is_set_up_from_the_page_of_its_vehicle_and_taken_back(house: House):
    page = house.visit(house.cast.dana).get("/disp/vozy/van")
    assert page.root.find(".//main//img") is None
    page.send("/disp/vozy/van/zarizeni")
    picture = page.root.find(".//main//img")
    assert picture is not None
    (token,) = set(re.findall(r">\s*([\w-]{24})\s*<", page.html))
    telephone = house.visit(None).client
    basic = base64.b64encode(f"van:{token}".encode()).decode()
    said = {"headers": {"Authorization": f"Basic {basic}"}, "content": json.dumps({"_type": "status"})}
    assert telephone.post("/brana/poloha/owntracks", **said).json() == []
    assert token not in page.get("/disp/vozy/car").html
    assert token not in house.visit(house.cast.iva).get("/disp/vozy/van").html
    page.get("/disp/vozy/van")
    (end,) = [form.get("action") for form in page.root.iter("form") if form.get("action", "").endswith("/konec")]
    page.send(end)
    assert telephone.post("/brana/poloha/owntracks", **said).status_code == 403
    assert token not in page.html
