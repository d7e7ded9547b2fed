"""Names and passwords of `dbspend360 user`: a file of our own, for those without anything better.

One JSON object: `{"people": {"dana@example.com": {"role": "editor", "password": "scrypt:…"}}}`.
"""

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.security import check_password_hash, generate_password_hash

from dbspend360.errors import DBSpendError
from dbspend360.models.person import LONGEST_ID, Role, person_id
from dbspend360.settings import Settings

SHORTEST_PASSWORD = 12
_LONGEST_PASSWORD = 1000  # hashing a novel would keep a thread busy
_METHOD = "scrypt"


class BadPeople(DBSpendError):
    """The file of people, or a change of it, makes no sense; the sentence says what would."""

    status = 503
    code = "people_unavailable"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role
    password: str  # its hash


class _File(BaseModel):
    people: dict[str, _Entry]


@dataclass(frozen=True)
class Account:
    """One of them."""

    id: str
    role: Role
    proof: str  # changes with the password, and gives nothing of it away


def people_file(settings: Settings) -> Path:
    """Where they are."""
    return settings.users_file or settings.data_dir / "users.json"


class People:
    """Safe under many threads and processes. What others change is seen with the next question.

    Every method raises `BadPeople` when the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        """Reads nothing yet; a file that is not there holds nobody."""
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] = ()
        self._people: dict[str, _Entry] = {}
        self._nobody = generate_password_hash("nobody's", _METHOD)

    def all(self) -> list[Account]:
        """All of them by name."""
        return [_account(*each) for each in sorted(self._read().items())]

    def find(self, id_: str) -> Account | None:
        """One of them."""
        entry = self._read().get(id_)
        return _account(id_, entry) if entry else None

    def check(self, name: str, password: str) -> Account | None:
        """Whose name and password they are; a name that is not there takes as long to refuse."""
        id_ = person_id(name) or ""
        entry = self._read().get(id_)
        fits = _may_be_one(password)
        kept = entry.password if entry else self._nobody
        is_right = check_password_hash(kept, password if fits else "")
        return _account(id_, entry) if entry and is_right and fits else None

    def add(self, name: str, role: Role, password: str) -> Account:
        """A new one.

        Raises:
            BadPeople: there is one of that name, or the name or the password will not do.
        """
        id_, entry = _fit_name(name), _Entry(role=role, password=_hash(password))
        with self._changing() as people:
            if id_ in people:
                raise BadPeople(f"There is already somebody called {id_}.")
            people[id_] = entry
        return _account(id_, entry)

    def set_role(self, name: str, role: Role) -> None:
        """Another role; it counts at once.

        Raises:
            BadPeople: there is nobody of that name.
        """
        self._change(name, lambda entry: _Entry(role=role, password=entry.password))

    def set_password(self, name: str, password: str) -> None:
        """Another password; it ends what they had signed in to.

        Raises:
            BadPeople: there is nobody of that name, or the password will not do.
        """
        hashed = _hash(password)
        self._change(name, lambda entry: _Entry(role=entry.role, password=hashed))

    def remove(self, name: str) -> None:
        """They cannot sign in any more; what they have set stays.

        Raises:
            BadPeople: there is nobody of that name.
        """
        with self._changing() as people:
            del people[_known(people, name)]

    def _change(self, name: str, change: Callable[[_Entry], _Entry]) -> None:
        with self._changing() as people:
            id_ = _known(people, name)
            people[id_] = change(people[id_])

    def _read(self) -> Mapping[str, _Entry]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unreadable(error.strerror or "") from error
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        with self._lock:
            if stamp != self._seen:
                self._people, self._seen = self._parsed(), stamp
            return self._people

    def _parsed(self) -> dict[str, _Entry]:
        try:
            return _File.model_validate_json(self._path.read_bytes()).people
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unreadable(error.strerror or "") from error
        except ValidationError:
            raise self._unreadable("it is not as `dbspend360 user` writes it") from None

    def _unreadable(self, why: str) -> BadPeople:
        return BadPeople(f"The file of people, {self._path}, cannot be read: {why}.")

    @contextmanager
    def _changing(self) -> Iterator[dict[str, _Entry]]:
        """One at a time, whatever process; written whole or not at all."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(f"{self._path}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise self._unreadable(error.strerror or "") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            people = self._parsed()
            yield people
            self._write(people)
        finally:
            os.close(lock)

    def _write(self, people: Mapping[str, _Entry]) -> None:
        text = json.dumps(_File(people=dict(people)).model_dump(mode="json"), indent=1)
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        try:
            with open(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise BadPeople(f"{self._path} cannot be written: {error.strerror}.") from error


def _account(id_: str, entry: _Entry) -> Account:
    proof = hashlib.sha256(entry.password.encode()).hexdigest()[:16]
    return Account(id_, entry.role, proof)


def _fit_name(name: str) -> str:
    id_ = person_id(name)
    if id_ is None:
        raise BadPeople(
            f"A name has 1 to {LONGEST_ID} letters, no comma, and nothing that cannot be printed."
        )
    return id_


def _known(people: Mapping[str, _Entry], name: str) -> str:
    id_ = person_id(name) or ""
    if id_ not in people:
        raise BadPeople(f"There is nobody called {name.strip() or 'nothing'}.")
    return id_


def _may_be_one(password: str) -> bool:
    is_whole = not any("\ud800" <= letter <= "\udfff" for letter in password)  # half a character
    return is_whole and len(password) <= _LONGEST_PASSWORD


def _hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise BadPeople(f"A password needs {SHORTEST_PASSWORD} letters or more.")
    if not _may_be_one(password):
        raise BadPeople(f"A password has at most {_LONGEST_PASSWORD} letters, all of them whole.")
    return generate_password_hash(password, _METHOD)
