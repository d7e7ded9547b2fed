"""A worker of Celery makes what the page asks for, on a real Redis."""

import base64
import json
from pathlib import Path

import redis
from background_driver import Background, question
from page_driver import Page, app_of
from processes import process
from redis_server import redis_server
from spend_records import publish, record
from workbooks import lines, opened


def test_a_large_file_is_made_by_a_worker(tmp_path: Path) -> None:
    folder, log = tmp_path / "data", tmp_path / "worker.log"
    publish(folder, record(), record(run="2"))
    with (
        redis_server(tmp_path) as there,
        process(folder, log, "worker", "--processes", "1", DBSPEND360_CELERY_URL=there),
    ):
        visitor = Page(app_of(folder, celery_url=there))
        answer = Background(visitor, question()).followed()
        assert "href" in answer, (answer, log.read_text())
        book = opened(visitor.client.get(answer["href"]).get_data())
        assert len(list(lines(book["Spend"]))) == 2
        refused = Background(visitor, question("sort=nothing")).followed()
        assert refused["error"].startswith("sort: there is no column")


def test_what_lets_somebody_in_does_not_lie_in_redis(tmp_path: Path) -> None:
    publish(tmp_path / "data", record())
    with redis_server(tmp_path) as address:
        visitor = Page(app_of(tmp_path / "data", celery_url=address))
        visitor.client.set_cookie("other", "a-cookie-of-somebody")
        visitor.client.get("/").close()  # for the cookie that the next request needs
        Background(visitor, question())
        there = redis.Redis.from_url(address)
        [queued] = there.lrange("celery", 0, -1)
        message = base64.b64decode(json.loads(queued)["body"]).decode()
        assert "sort" in message or "start_date" in message  # it is the order
        assert "a-cookie-of-somebody" not in message
        assert '"headers": {}' in message
