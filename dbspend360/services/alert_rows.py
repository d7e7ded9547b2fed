"""What the alerts keep in the store: each person's configuration and incidents, as JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from dbspend360.errors import Conflict, NotFound
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.incident import Incident, read_incident, write_incident
from dbspend360.models.setting import Setting
from dbspend360.services.prepared_store import PreparedStore

CONFIG = "alerts/config"
INCIDENT = "alerts/incident/"
UNREADABLE = (
    "The saved alert settings cannot be read, so nothing is checked by them. Save them again."
)
_MOST_TRIES = 20


@dataclass(frozen=True)
class KeptConfig:
    """One person's configuration; the defaults where nothing was saved."""

    user_id: str
    config: AlertConfig
    updated_at: datetime | None = None  # None: never saved
    problem: str = ""  # why `config` is not what was saved, for the person


@dataclass(frozen=True)
class KeptIncident:
    """An incident as it was seen."""

    incident: Incident
    updated_at: datetime


class AlertRows(PreparedStore):
    """Safe under many threads and processes: every change says what it saw."""

    def config(self, user_id: str) -> KeptConfig:
        """The person's configuration."""
        found = self.store.get(user_id, CONFIG)
        return _config(found) if found else KeptConfig(user_id, AlertConfig())

    def configs(self) -> list[KeptConfig]:
        """The configurations that were saved."""
        # The key is the beginning of no other.
        return [_config(each) for each in self.store.with_key(CONFIG)]

    def save(self, user_id: str, config: AlertConfig, *, seen: datetime | None) -> KeptConfig:
        """Keep a configuration.

        Raises:
            Conflict: it is not as it was `seen` any more.
        """
        kept = self.store.put(user_id, CONFIG, config.model_dump_json(), seen=seen)
        return KeptConfig(user_id, config, kept.updated_at)

    def incidents(self, user_id: str) -> dict[str, KeptIncident]:
        """The person's incidents by id; one that cannot be read is left out."""
        rows = self.store.of_user(user_id)
        found = [_incident(each) for each in rows if each.key.startswith(INCIDENT)]
        return {each.incident.id: each for each in found if each}

    def put(self, user_id: str, incident: Incident, *, seen: datetime | None) -> KeptIncident:
        """Keep an incident, also in place of an unreadable one; errors as with `Store.put`."""
        key, value = INCIDENT + incident.id, write_incident(incident)
        try:
            kept = self.store.put(user_id, key, value, seen=seen)
        except Conflict:
            row = self.store.get(user_id, key)
            if seen or row is None or _incident(row):
                raise
            kept = self.store.put(user_id, key, value, seen=row.updated_at)
        return KeptIncident(incident, kept.updated_at)

    def change(self, user_id: str, id_: str, step: Callable[[Incident], Incident]) -> KeptIncident:
        """What `step` makes of an incident, whoever else changes it meanwhile.

        Raises:
            NotFound: there is no such incident.
            Conflict: `step` says so, or it is changed all the time.
        """
        for tries in range(_MOST_TRIES):
            row = self.store.get(user_id, INCIDENT + id_) if id_.isalnum() else None
            kept = _incident(row) if row else None
            if kept is None:
                raise NotFound("There is no such incident.")
            changed = step(kept.incident)
            if changed == kept.incident:
                return kept
            try:
                return self.put(user_id, changed, seen=kept.updated_at)
            except Conflict:
                if tries == _MOST_TRIES - 1:
                    raise
        raise AssertionError("the last try returns or raises")


def _config(row: Setting) -> KeptConfig:
    try:
        config = AlertConfig.model_validate_json(row.value)
    except ValidationError:
        return KeptConfig(row.user_id, AlertConfig(), row.updated_at, UNREADABLE)
    return KeptConfig(row.user_id, config, row.updated_at)


def _incident(row: Setting) -> KeptIncident | None:
    try:
        return KeptIncident(read_incident(row.value), row.updated_at)
    except ValidationError:
        return None
