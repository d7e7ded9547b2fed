"""Files are streamed a few at once in each process: whoever reads slowly holds a thread of it."""

import pytest
from page_driver import MakePage
from spend_records import record

ADDRESSES = ["/export/job-spends.csv", "/api/job-spends"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_one_thread_is_left_to_the_others(page: MakePage, path: str) -> None:
    client = page(record(), web_threads=3).client
    asked = {"Accept": "text/csv"}
    reading = [client.get(path, headers=asked) for _ in range(2)]
    refused = client.get(path, headers=asked)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert "Other files are being sent just now" in refused.get_data(as_text=True)
    reading[0].close()  # the client hangs up
    assert client.get(path, headers=asked).get_data()  # read to its end
    assert client.get(path, headers=asked).status_code == 200
    for each in reading:
        each.close()


def test_a_file_that_fails_takes_no_place(page: MakePage) -> None:
    visitor = page(record(), web_threads=1)
    pointer = visitor.folder / "current.json"
    text = pointer.read_text()
    pointer.write_text("{")
    for _ in range(3):
        assert visitor.client.get(ADDRESSES[0]).status_code >= 500
    pointer.write_text(text)
    assert visitor.client.get(ADDRESSES[0]).status_code == 200
