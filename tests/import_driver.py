"""A browser on the page `/import`, without its scripts: it sends files and looks at them."""

import re
import time
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from page_driver import Browser
from signin_driver import OURS
from werkzeug.test import TestResponse

MEDIA = "application/octet-stream"
HEAD = "cluster_id,ec2_cost,job_id,run_id,usage_date,databricks_cost\n"


def csv_of(*rows: str) -> bytes:
    return (HEAD + "".join(f"{row}\n" for row in rows)).encode()


GOOD = csv_of("c1,10.50,71,901,2026-11-01,1.25", ",,72,902,2026-11-02,2")


class Importer:
    """One person's browser."""

    def __init__(self, server: Flask, **headers: str) -> None:
        server.test_client_class = Browser
        self.client: FlaskClient = server.test_client()
        self.headers = OURS | headers
        self.look()

    def look(self) -> str:
        return self.client.get("/import", headers=self.headers).get_data(as_text=True)

    def send(self, data: Any, name: str = "spends.csv", **more: Any) -> TestResponse:
        headers = self.headers | more.pop("headers", {})
        address = f"/import/file?name={quote(name, errors='surrogatepass')}"
        given = {"data": data, "content_type": MEDIA} | more
        return self.client.post(address, headers=headers, **given)

    def now(self) -> str:
        answer = self.client.get("/import/now", headers=self.headers)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def settled(self) -> str:
        """What the page says once nothing is at work."""
        end = time.monotonic() + 60
        while stage_of(found := self.now()) in ("checking", "loading"):
            assert time.monotonic() < end, found
            time.sleep(0.05)
        return found

    def checked(self, data: bytes, name: str = "spends.csv") -> str:
        answer = self.send(data, name)
        assert answer.status_code == 202, answer.get_data(as_text=True)
        return self.settled()

    def press(self, what: str, **fields: str) -> TestResponse:
        return self.client.post(f"/import/{what}", data=fields, headers=self.headers)

    def confirm(self, page: str) -> str:
        """Press the button that the page has, and wait for what comes of it."""
        skip = "yes" if 'name="skip_bad"' in page else ""
        answer = self.press("confirm", id=id_of(page), skip_bad=skip)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self.settled()


def stage_of(page: str) -> str:
    return str(re.findall(r'data-stage="(\w+)"', page)[0])


def id_of(page: str) -> str:
    return str(re.findall(r'name="id" value="(\w+)"', page)[0])


def facts(page: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))


def reasons(page: str) -> list[str]:
    return re.findall(r"<li>(.*?)</li>", page)
