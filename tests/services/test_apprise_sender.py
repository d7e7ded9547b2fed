"""Messages to a webhook, as Apprise sends them."""

import json
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dbspend360.models.delivery import Delivery, Message
from dbspend360.services.apprise_sender import AppriseSender
from dbspend360.services.mailer import NotSent

# Apprise's own, on Python 3.11 and 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Webhook:
    """What has come, and with which status it is answered."""

    status: int = 200
    came: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(hook.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield hook
    server.shutdown()
    server.server_close()
    thread.join()


def send(url: str, hand_over: Any = lambda: None) -> str:
    delivery = Delivery(
        id="1",
        message=Message("nightly_load: $364.00", "It was {dear} & <b>dear</b>", "<p>html</p>"),
        message_id="1",
        incidents=(),
        created_at=NOW,
        due_at=NOW,
        apprise_url=url,
    )
    return AppriseSender(seconds=5).send(delivery, hand_over)


def test_a_webhook_gets_the_words_once(webhook: Webhook) -> None:
    assert send(f"json://127.0.0.1:{webhook.port}/hook") == ""
    [came] = webhook.came
    assert came["title"] == "nightly_load: $364.00"
    assert came["message"] == "It was {dear} & <b>dear</b>"


def test_a_webhook_that_refuses_gets_it_again_later_and_no_log_has_its_secret(
    webhook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    webhook.status = 500
    with pytest.raises(NotSent, match="json did not take it") as caught:
        send(f"json://user:s3cret@127.0.0.1:{webhook.port}/t0ken")
    assert not re.search("s3cret|t0ken", f"{caught.value} {caplog.text}")


def test_whoever_may_not_hand_over_sends_nothing(webhook: Webhook) -> None:
    def another_was_faster() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        send(f"json://127.0.0.1:{webhook.port}/hook", another_was_faster)
    assert webhook.came == []


def test_an_address_of_no_kind_is_said() -> None:
    with pytest.raises(NotSent, match="does not know this kind"):
        send("nonsense://secret-token")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(NotSent, match=r"pip install 'dbspend360\[apprise\]'"):
        send("json://127.0.0.1:1/hook")
