"""Every message is sent once, on every edition of the store."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dbspend360.errors import Conflict, NotFound
from dbspend360.models.delivery import GIVEN_UP_AFTER, Delivery, Message, Stage
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.mailer import NoReceipt, NotSent
from dbspend360.services.outbox import NO_SERVER, Outbox
from dbspend360.services.postman import KEPT_AFTER_SENDING, Postman
from dbspend360.store.base import Store
from store.conftest import OpenStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)


class Killed(BaseException):
    """The process is gone: nothing of ours is done after it."""


class FakeServer:
    """Takes messages, or does what the test wants instead; kept with the id of each."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.before_hand_over: Callable[[], None] = lambda: None
        self.after_hand_over: Callable[[], None] = lambda: None

    def send(self, delivery: Delivery, hand_over: Callable[[], None]) -> str:
        self.before_hand_over()
        hand_over()
        self.taken.append(delivery.id)
        self.after_hand_over()
        return ""


class Post:
    """One process: an outbox and a postman with a clock."""

    def __init__(self, store: Store, server: FakeServer | None, owner: str = "one") -> None:
        self.now = NOW
        rows = AlertRows(store)
        self.outbox = Outbox(rows)
        self.postman = Postman(
            rows, lambda _: server, owner=owner, lease=LEASE, now=lambda: self.now
        )

    def stage(self, id_: str = "1") -> Stage:
        found = self.outbox.get("ada", id_)
        assert found
        return found.stage


def delivery(id_: str = "1", **changes: object) -> Delivery:
    plain = Delivery(
        id=id_,
        message=Message("Dear", "text", "<p>html</p>"),
        message_id=f"dbspend360.{id_}",
        incidents=(),
        created_at=NOW,
        due_at=NOW,
        recipients=("dana@example.com",),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def post(store: Store, server: FakeServer) -> Post:
    return Post(store, server)


def fails(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_the_same_message_is_there_once_and_sent_once(post: Post, server: FakeServer) -> None:
    post.outbox.add("ada", delivery())
    post.outbox.add("ada", delivery())
    assert [each.stage for each in post.postman.send_due()] == [Stage.SENT]
    assert post.postman.send_due() == []
    post.outbox.add("ada", delivery())
    assert post.postman.send_due() == []
    assert server.taken == ["1"]


def test_four_who_send_at_once_send_it_once(open_store: OpenStore, server: FakeServer) -> None:
    open_store().prepare()
    posts = [Post(open_store(), server, str(n)) for n in range(4)]
    for n in range(3):
        posts[0].outbox.add("ada", delivery(str(n)))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda each: each.postman.send_due(), posts))
    assert sorted(server.taken) == ["0", "1", "2"]


def test_killed_between_claim_and_send_it_is_sent_once_by_another(
    post: Post, server: FakeServer, store: Store
) -> None:
    post.outbox.add("ada", delivery())
    server.before_hand_over = fails(Killed())
    with pytest.raises(Killed):
        post.postman.send_due()
    server.before_hand_over = lambda: None
    heir = Post(store, server, "two")
    assert heir.postman.send_due() == []  # the claim still holds
    heir.now = NOW + LEASE
    assert [each.stage for each in heir.postman.send_due()] == [Stage.SENT]
    assert server.taken == ["1"]


def test_killed_after_the_hand_over_it_is_not_sent_again_but_shown(
    post: Post, server: FakeServer
) -> None:
    post.outbox.add("ada", delivery())
    server.after_hand_over = fails(Killed())
    with pytest.raises(Killed):
        post.postman.send_due()
    post.now = NOW + timedelta(days=1)
    assert post.postman.send_due() == []
    assert server.taken == ["1"]
    [shown] = post.outbox.of_user("ada")
    assert shown.words.startswith("handed over without a receipt")


def test_who_was_too_slow_may_not_hand_over(post: Post, server: FakeServer, store: Store) -> None:
    heir = Post(store, server, "two")
    heir.now = NOW + LEASE

    def meanwhile() -> None:
        server.before_hand_over = lambda: None
        heir.postman.send_due()

    server.before_hand_over = meanwhile
    post.outbox.add("ada", delivery())
    assert post.postman.send_due() == []
    assert server.taken == ["1"]
    assert post.stage() is Stage.SENT


def test_a_failure_is_tried_again_after_longer_and_longer(post: Post, server: FakeServer) -> None:
    post.outbox.add("ada", delivery())
    server.before_hand_over = fails(NotSent("The mail server hung up."))
    waits = []
    for _ in range(8):
        [failed] = post.postman.send_due()
        assert failed.stage is Stage.WAITING
        waits.append((failed.due_at - post.now).total_seconds() / 60)
        post.now = failed.due_at - timedelta(seconds=1)
        assert post.postman.send_due() == []
        post.now = failed.due_at
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    [shown] = post.outbox.of_user("ada")
    assert shown.words.startswith("failed 8 times: The mail server hung up. Next try")
    server.before_hand_over = lambda: None
    post.postman.send_due()
    assert server.taken == ["1"]


def test_after_five_days_it_is_given_up_until_a_person_wants_it(
    post: Post, server: FakeServer
) -> None:
    post.outbox.add("ada", delivery())
    server.before_hand_over = fails(NotSent("No."))
    post.now = NOW + GIVEN_UP_AFTER + timedelta(minutes=1)
    assert [each.stage for each in post.postman.send_due()] == [Stage.GIVEN_UP]
    assert post.postman.send_due() == []
    server.before_hand_over = lambda: None
    post.outbox.send_again("ada", "1", post.now)
    post.postman.send_due()
    assert server.taken == ["1"]


def test_a_doubt_is_shown_and_a_person_may_send_again(post: Post, server: FakeServer) -> None:
    post.outbox.add("ada", delivery())
    server.after_hand_over = fails(NoReceipt("Cut."))
    assert [each.stage for each in post.postman.send_due()] == [Stage.HANDED_OVER]
    server.after_hand_over = lambda: None
    post.outbox.send_again("ada", "1", NOW)
    post.postman.send_due()
    assert server.taken == ["1", "1"]


def test_what_is_on_its_way_is_not_sent_again(post: Post) -> None:
    post.outbox.add("ada", delivery())
    with pytest.raises(Conflict, match="on its way"):
        post.outbox.send_again("ada", "1", NOW)
    post.postman.send_due()
    with pytest.raises(Conflict, match="was sent"):
        post.outbox.send_again("ada", "1", NOW)
    with pytest.raises(NotFound):
        post.outbox.send_again("bob", "1", NOW)


def test_a_dead_server_is_waited_for_once_not_for_each_mail(post: Post, server: FakeServer) -> None:
    for n in range(3):
        post.outbox.add("ada", delivery(str(n)))
    post.outbox.add("ada", delivery("slack", recipients=(), apprise_url="slack://a/b/c"))
    down = NotSent("Dead.")
    down.is_server_down = True
    server.before_hand_over = fails(down)
    assert {each.id for each in post.postman.send_due()} == {"0", "slack"}


def test_without_a_mail_server_it_waits_and_says_what_is_missing(store: Store) -> None:
    post = Post(store, None)
    post.outbox.add("ada", delivery())
    assert [each.error for each in post.postman.send_due()] == [NO_SERVER]


def test_an_outbox_does_not_grow_for_ever(post: Post) -> None:
    post.outbox.add("ada", delivery())
    post.postman.send_due()
    post.now = NOW + KEPT_AFTER_SENDING
    post.postman.send_due()
    assert len(post.outbox.of_user("ada")) == 1
    post.now += timedelta(seconds=1)
    post.postman.send_due()
    assert post.outbox.of_user("ada") == []


def test_a_message_that_cannot_be_read_holds_up_nobody(post: Post, store: Store) -> None:
    store.put("ada", "alerts/outbox/0", "{", seen=None)
    post.outbox.add("ada", delivery())
    assert [each.stage for each in post.postman.send_due()] == [Stage.SENT]
    assert post.outbox.next_due() is None


def test_a_secret_address_is_never_shown() -> None:
    slack = delivery(recipients=(), apprise_url="slack://T0KEN/secret")
    assert slack.place == "slack"
    assert "T0KEN" not in slack.words
