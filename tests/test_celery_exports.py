"""A worker of Celery makes what the page asks for, on a real Redis."""

from pathlib import Path

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
        redis_server(tmp_path) as redis,
        process(folder, log, "worker", "--processes", "1", DBSPEND360_CELERY_URL=redis),
    ):
        visitor = Page(app_of(folder, celery_url=redis))
        answer = Background(visitor, question()).followed()
        assert "href" in answer, (answer, log.read_text())
        book = opened(visitor.client.get(answer["href"]).get_data())
        assert len(list(lines(book["Spend"]))) == 2
        refused = Background(visitor, question("sort=nothing")).followed()
        assert refused["error"].startswith("sort: there is no column")
