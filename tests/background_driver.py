"""The renderer of a browser that follows a callback in the background."""

import json
import re
import time
from collections.abc import Callable

import psutil
from page_driver import Json, Page

MARCH = "start_date=2026-03-01&end_date=2026-03-10"


def question(query: str = MARCH, kind: str = "xlsx", token: str = "t") -> Json:
    """What the menu asks for."""
    return {"query": f"?{query}", "kind": kind, "token": token}


class Background:
    """One job."""

    def __init__(self, page: Page, value: Json) -> None:
        self._page = page
        html = page.client.get(page.root).get_data(as_text=True)
        [end] = re.findall(r'"end_id":\s*"([^"]+)"', html)
        self._end = {"endId": end}
        self._body = {
            "output": "export-answer.data",
            "outputs": {"id": "export-answer", "property": "data"},
            "inputs": [{"id": "export-question", "property": "data", "value": value}],
            "changedPropIds": ["export-question.data"],
        }
        self.handle = self._post(self._end)

    def _post(self, query: dict[str, str]) -> Json:
        response = self._page.client.post(
            "/_dash-update-component",
            query_string=query,
            data=json.dumps(self._body),
            content_type="application/json",
        )
        assert response.status_code in (200, 204)
        return json.loads(response.get_data() or "{}")

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(int(self.handle["job"].partition("~")[0]))

    def look(self, **other: str) -> Json:
        names = {name: self.handle[name] for name in ("cacheKey", "job")}
        return self._post({**self._end, **names, **other})

    def followed(self, see: Callable[[Json], None] = lambda _progress: None) -> Json:
        """The answer; `see` gets what the panel is told on the way."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = self.look()
            if "response" in found:
                return found["response"]["export-answer"]["data"]
            for progress in found.get("progress", {}).values():
                see(progress)
            time.sleep(0.05)
        raise AssertionError("no answer")

    def cancel(self) -> None:
        body = {
            "output": "export-cancel.id",
            "outputs": {"id": "export-cancel", "property": "id"},
            "inputs": [{"id": "export-cancel", "property": "n_clicks", "value": 1}],
            "changedPropIds": ["export-cancel.n_clicks"],
        }
        self._page.client.post(
            "/_dash-update-component",
            query_string={**self._end, "cancelJob": self.handle["job"]},
            data=json.dumps(body),
            content_type="application/json",
        )
