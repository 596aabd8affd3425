"""A setting exists in three places or in none: the code, the example and the manual."""

import re

from tests.house.code import HOME
from transport.kernel.settings import Settings

IN_CODE = {f"TRANSPORT_{field.upper()}" for field in Settings.model_fields}


def test_the_example_lists_every_setting():
    example = (HOME / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#?(TRANSPORT_[A-Z_]+)=", example, re.MULTILINE)) == IN_CODE


def test_the_manual_explains_every_setting():
    manual = (HOME / "docs" / "operations.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(TRANSPORT_[A-Z_]+)`", manual, re.MULTILINE)) == IN_CODE


def test_everything_has_a_default_that_runs(tmp_path):
    settings = Settings(local_dir=tmp_path)
    assert settings.database == f"sqlite:///{tmp_path / 'transport.db'}"
