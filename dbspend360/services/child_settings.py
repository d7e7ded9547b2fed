"""The settings, for a process of our own that is started from here."""

import os

from pydantic import SecretStr

from dbspend360.setting_files import FILE
from dbspend360.settings import Settings, variables


def environment_of(settings: Settings) -> dict[str, str]:
    """What gives it the same settings: not from files any more, both would be refused."""
    names = [each for name in Settings.model_fields for each in variables(name)]
    files = {name + FILE for name in names}
    found = {name: value for name, value in os.environ.items() if name not in files}
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        found[variables(name)[0]] = "" if text is None else str(text)
    return found
