import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dbspend360.models.person import Role, person_id
from dbspend360.services.people import BadPeople, People

PASSWORD = "correct horse battery"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "users.json"


def test_somebody_comes_in_with_their_password_and_with_no_other(path: Path) -> None:
    People(path).add("Dana@Example.com ", Role.EDITOR, PASSWORD)
    people = People(path)
    found = people.check("dana@example.COM", PASSWORD)
    assert found
    assert (found.id, found.role) == ("dana@example.com", Role.EDITOR)
    for wrong in ("", PASSWORD + "x", PASSWORD.upper(), "\0", "🦊" * 2000, PASSWORD + "\udc00"):
        assert people.check("dana@example.com", wrong) is None
    for nobody in ("", "vic", "dana", "dana@example.com\0", "a" * 1000, "\udc00"):
        assert people.check(nobody, PASSWORD) is None


def test_the_file_is_private_and_holds_no_password(path: Path) -> None:
    People(path).add("dana", Role.ADMIN, PASSWORD)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PASSWORD not in path.read_text()
    assert "scrypt:" in path.read_text()


def test_what_another_process_changes_counts_at_once(path: Path) -> None:
    here, there = People(path), People(path)
    before = here.add("dana", Role.VIEWER, PASSWORD)
    assert there.find("dana") == before
    here.set_role("dana", Role.ADMIN)
    found = there.find("dana")
    assert found
    assert found.role is Role.ADMIN
    assert found.proof == before.proof
    here.set_password("dana", "another horse battery")
    found = there.find("dana")
    assert found
    assert found.proof != before.proof
    assert there.check("dana", PASSWORD) is None
    here.remove("dana")
    assert there.find("dana") is None
    assert there.all() == []


def test_many_who_write_at_once_lose_nothing(path: Path) -> None:
    names = [f"person{number}" for number in range(12)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda name: People(path).add(name, Role.VIEWER, PASSWORD), names))
    assert [each.id for each in People(path).all()] == sorted(names)


@pytest.mark.parametrize(
    "name", ["", " ", "a,b", "a\nb", "a\0b", "\u202eevil", "a" * 321, "\ud800"]
)
def test_a_name_that_will_not_do_is_refused(path: Path, name: str) -> None:
    assert person_id(name) is None
    with pytest.raises(BadPeople, match="A name has"):
        People(path).add(name, Role.VIEWER, PASSWORD)
    assert not path.exists()


@pytest.mark.parametrize("password", ["", "eleven chars"[:11], "x" * 1001, "half a char \udc00 x"])
def test_a_password_that_will_not_do_is_refused(path: Path, password: str) -> None:
    with pytest.raises(BadPeople, match="password"):
        People(path).add("dana", Role.VIEWER, password)
    assert not path.exists()


def test_nobody_is_added_twice_and_nobody_who_is_not_there_is_changed(path: Path) -> None:
    people = People(path)
    people.add("dana", Role.VIEWER, PASSWORD)
    with pytest.raises(BadPeople, match="already somebody called dana"):
        people.add("DANA", Role.ADMIN, PASSWORD)
    with pytest.raises(BadPeople, match="nobody called vic"):
        people.remove("vic")
    with pytest.raises(BadPeople, match="nobody called vic"):
        people.set_role("vic", Role.ADMIN)
    with pytest.raises(BadPeople, match="nobody called vic"):
        people.set_password("vic", PASSWORD)
    assert [each.role for each in people.all()] == [Role.VIEWER]


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"\xff\xfe", b'{"people": {"dana": {"role": "god", "password": "x"}}}'],
)
def test_a_file_that_makes_no_sense_lets_nobody_in_and_is_not_overwritten(
    path: Path, content: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    people = People(path)
    unreadable = r"users\.json, cannot be read"
    with pytest.raises(BadPeople, match=unreadable):
        people.all()
    with pytest.raises(BadPeople, match=unreadable):
        people.check("dana", PASSWORD)
    with pytest.raises(BadPeople, match=unreadable):
        people.add("vic", Role.ADMIN, PASSWORD)
    assert path.read_bytes() == content


def test_a_file_that_is_mended_is_read_again(path: Path) -> None:
    people = People(path)
    people.add("dana", Role.VIEWER, PASSWORD)
    good = path.read_bytes()
    path.write_bytes(b"garbage")
    with pytest.raises(BadPeople):
        people.find("dana")
    path.write_bytes(good)
    assert people.find("dana")
