"""What is installed is what was locked, by version and hash, from wherever the machine gets its packages."""

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.code import HOME

PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
SERVICE = PROJECT["project"]["dependencies"]
CLUSTER = PROJECT["project"]["optional-dependencies"]["cluster"]
NEEDED = {
    "runtime": SERVICE,
    "cluster": SERVICE + CLUSTER,
    "dev": SERVICE + CLUSTER + PROJECT["dependency-groups"]["dev"],
    "bench": PROJECT["dependency-groups"]["bench"],
}
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def lock(name: str) -> str:
    return (HOME / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NEEDED)
def test_a_lock_names_no_index_and_no_host(name: str):
    text = lock(name)
    assert "://" not in text
    assert "--" not in re.sub(r"--hash=sha256:", "", text), "an option other than a hash"


def test_the_lock_of_the_styles_names_none_either():
    pinned = json.loads((HOME / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = {name: facts for name, facts in pinned.items() if name}
    assert packages
    assert [name for name, facts in packages.items() if "resolved" in facts] == []
    assert [name for name, facts in packages.items() if "integrity" not in facts] == []


@pytest.mark.parametrize("name", NEEDED)
def test_every_pin_carries_its_hashes(name: str):
    blocks = re.split(r"^(?=[a-z0-9])", lock(name), flags=re.MULTILINE)
    assert [pin.split()[0] for pin in blocks if pin.strip() and "--hash=sha256:" not in pin] == []


@pytest.mark.parametrize("name", NEEDED)
def test_the_lock_holds_what_the_project_asks_for(name: str):
    pinned: dict[str, list[str]] = {}
    for pin in PIN.finditer(lock(name)):
        pinned.setdefault(canonicalize_name(pin["name"]), []).append(pin["version"])
    for wanted in map(Requirement, NEEDED[name]):
        versions = pinned.get(canonicalize_name(wanted.name), [])
        assert versions, f"{wanted.name} is not locked; run `make lock`"
        assert all(wanted.specifier.contains(version) for version in versions), f"{wanted} is locked at {versions}"


def pins(name: str) -> set[tuple[str, ...]]:
    return set(map(tuple, PIN.findall(lock(name))))


@pytest.mark.parametrize(("name", "held"), [("cluster", "runtime"), ("dev", "cluster")])
def test_a_lock_holds_the_versions_of_the_smaller_one(name: str, held: str):
    assert pins(held)
    assert pins(held) <= pins(name)


def test_the_peers_of_the_comparison_are_installed_without_changing_what_is_there():
    there = {package for package, _ in pins("dev")}
    common = {(package, version) for package, version in pins("bench") if package in there}
    assert common
    assert common <= pins("dev")
