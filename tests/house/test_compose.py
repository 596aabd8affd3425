"""The compose file is one: valid by the published schema, without a secret, true to the settings."""

import re
from typing import Any

import jsonschema
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema

from tests.house.code import HOME, modules
from transport.kernel.settings import Settings

COMPOSE: dict[str, Any] = yaml.safe_load((HOME / "docker-compose.yml").read_text(encoding="utf-8"))
OURS = ("migrate", "web", "worker")
CLUSTER = ("scheduler", "cluster-worker")


def errors(document: dict[str, Any]) -> list[str]:
    schema = get_builtin_schema("vendor.compose-spec")
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def test_the_file_is_valid_by_the_schema_of_compose_files():
    assert errors(COMPOSE) == []


def test_the_schema_notices_a_mistake():
    broken = {**COMPOSE, "services": {**COMPOSE["services"], "web": {"imagee": "transport"}}}
    assert errors(broken) != []


def test_it_runs_a_database_one_migration_pages_and_background_work():
    services = COMPOSE["services"]
    assert {name for name, service in services.items() if "profiles" not in service} == {"db", *OURS}
    assert services["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert "healthcheck" in services["db"]
    assert "healthcheck" in services["web"]


def test_the_cluster_is_asked_for_by_its_profile_and_knows_neither_secret_nor_open_port():
    profiles = {name: service["profiles"] for name, service in COMPOSE["services"].items() if "profiles" in service}
    assert profiles == {name: ["cluster"] for name in CLUSTER}
    for name in CLUSTER:
        service = COMPOSE["services"][name]
        assert "ports" not in service
        assert (service["secrets"], service["environment"], service["volumes"]) == ([], {}, [])


def test_the_pages_are_asked_for_their_health_where_they_tell_it():
    asked = re.findall(r"127\.0\.0\.1:8000(/\w+)", str(COMPOSE["services"]["web"]["healthcheck"]))
    doors = "".join(path.read_text(encoding="utf-8") for path in modules("api"))
    assert len(asked) == 1
    assert f'router.get("{asked[0]}"' in doors


@pytest.mark.parametrize("name", OURS)
def test_each_of_our_containers_is_told_only_settings_that_exist(name: str):
    known = {f"TRANSPORT_{field.upper()}" for field in Settings.model_fields}
    assert set(COMPOSE["services"][name]["environment"]) <= known


def test_no_secret_stands_in_the_file():
    assert set(COMPOSE["secrets"]) == {"database_password"}
    assert "file" in COMPOSE["secrets"]["database_password"]
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or name.endswith("_FILE"), name
            assert not str(value).startswith("postgresql") or ":" not in str(value).split("@")[0].split("//")[1]


def test_the_image_copies_only_what_is_in_the_repository_and_runs_without_root():
    lines = (HOME / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [
        source for line in lines if line.startswith("COPY ") and "--from" not in line for source in line.split()[1:-1]
    ]
    let_in = {line[1:] for line in (HOME / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert copied
    assert [source for source in copied if not (HOME / source).exists()] == []
    assert set(copied) <= let_in, "the build would not see it"
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1] != "root"
