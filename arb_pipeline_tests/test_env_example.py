"""``.env.example`` is the list of settings for people: complete, and with the true defaults."""

from __future__ import annotations

import os
import re

import pytest
from pydantic import AliasChoices

from arb_pipeline.model import Company
from arb_pipeline.settings import PROJECT_ROOT, CompanySettings, Settings

EXAMPLE = PROJECT_ROOT / ".env.example"
LINE = re.compile(r"^(#?)([A-Z][A-Z_]*)=(.*)$", re.MULTILINE)


def setting_names() -> set[str]:
    names: set[str] = set()
    for field in Settings.model_fields.values():
        assert isinstance(field.validation_alias, AliasChoices)
        names.update(str(choice) for choice in field.validation_alias.choices)
    for company in Company:
        names.update(f"{company}_{name.upper()}" for name in CompanySettings.model_fields)
    return names


def test_every_setting_is_there_once_and_nothing_else() -> None:
    listed = [match[2] for match in LINE.finditer(EXAMPLE.read_text())]
    assert sorted(listed) == sorted(setting_names())


def test_its_values_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setting_names() & os.environ.keys():
        monkeypatch.delenv(name)
    assert Settings(_env_file=EXAMPLE) == Settings(_env_file=None)
    for company in Company:
        prefix = f"{company}_"
        example = CompanySettings(_env_prefix=prefix, _env_file=EXAMPLE)
        assert example == CompanySettings(_env_prefix=prefix, _env_file=None)


def test_it_says_of_each_unset_one_that_it_is() -> None:
    """What has a default shows it; what has none is commented out."""
    commented = {match[2] for match in LINE.finditer(EXAMPLE.read_text()) if match[1]}
    unset = {"ARB_HOME"}
    for field in Settings.model_fields.values():
        if not field.is_required() and field.get_default(call_default_factory=False) is None:
            assert isinstance(field.validation_alias, AliasChoices)
            unset.add(str(field.validation_alias.choices[0]))
    for company in Company:
        unset |= {f"{company}_{name}" for name in ("API_KEY", "API_SECRET", "BASE_URL")}
    assert commented == unset
