"""Scripts of others are exactly those that were looked at."""

import json
from typing import Any

import pytest

from tools import vendor

PACKAGES = json.loads(vendor.LIST.read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["package"])
def test_a_package_is_committed_as_it_is_listed_with_its_licence(package: dict[str, Any]):
    assert [name for name in package["files"] if vendor.is_other(package, name)] == []
    assert "LICENSE" in package["files"]
    assert not {"GPL", "AGPL"} & set(package["licence"].split("-"))


def test_nothing_else_lies_in_the_folder():
    listed = {vendor.target(package, name) for package in PACKAGES for name in package["files"]}
    assert {path for path in vendor.VENDOR.rglob("*") if path.is_file()} == listed
