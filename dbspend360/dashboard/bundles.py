"""Joins the many small files of a page: a browser asks for few, and keeps them for good."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import dash
from dash.fingerprint import check_fingerprint
from flask import Flask, Response, abort

_ROOT = "/bundle/"
_SUITES = "/_dash-component-suites/dash/"
_ADDRESS = re.compile(r'<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+)"')
_FIRST_STYLE = "vendor/bootstrap.min.css"
_KEPT_SECONDS = 365 * 24 * 3600
# For browsers that cannot show our style sheets either, and a component that no page has.
_NEEDLESS = (f"{_SUITES}deps/polyfill", f"{_SUITES}dash_table/")
# As large as all others together: assets/late.js fetches it once the table is looked for.
_GRID = "/dash_ag_grid/"


class Bundles:
    """One for all pages of a server: what two of them share is one file."""

    def __init__(self, server: Flask, assets: Path) -> None:
        """Adds the address at which the files are."""
        self._assets = assets
        self._files: dict[str, bytes] = {}  # by name, as in `page.0123456789abcdef.js`
        self._known: dict[tuple[str, str], str] = {}  # what tags became
        server.add_url_rule(f"{_ROOT}<name>", "bundle", self._answer)

    def scripts(self, tags: str, page: str) -> str:
        """The script tags of a page: React is one file, and so is ours, which comes last."""
        known = (page, tags)
        if known not in self._known:
            found = [at for at in _ADDRESS.findall(tags) if not at.startswith(_NEEDLESS)]
            late = [at for at in found if _GRID in at]
            ours = [at for at in found if at.startswith("/assets/")]
            found = self._joined([at for at in found if at not in {*late, *ours}])
            own = f'{self._add(ours, page, "js")}" data-grid="{"".join(late)}'
            self._known[known] = "\n".join(f'<script src="{at}"></script>' for at in (*found, own))
        return self._known[known]

    def styles(self, tags: str, page: str) -> str:
        """The style sheets of a page as one, Bootstrap's first."""
        known = (page, tags)
        if known not in self._known:
            found = [f"/assets/{_FIRST_STYLE}", *_ADDRESS.findall(tags)]
            self._known[known] = f'<link rel="stylesheet" href="{self._add(found, page, "css")}">'
        return self._known[known]

    def _joined(self, addresses: Sequence[str]) -> list[str]:
        """The addresses of what Dash brings; React's are one, and first."""
        react = [at for at in addresses if at.startswith(f"{_SUITES}deps/")]
        joined = [self._add(react, "react", "js")] if react else []
        return [*joined, *(at for at in addresses if at not in react)]

    def _path(self, address: str) -> Path:
        plain = address.partition("?")[0]
        if plain.startswith("/assets/"):
            return self._assets / plain.removeprefix("/assets/")
        original, _ = check_fingerprint(plain.removeprefix(_SUITES))  # type: ignore[no-untyped-call]
        return Path(dash.__file__).parent / str(original)

    def _add(self, addresses: Sequence[str], name: str, ending: str) -> str:
        between = b"\n;\n" if ending == "js" else b"\n"
        content = between.join(self._path(at).read_bytes() for at in addresses)
        file = f"{name}.{hashlib.sha256(content).hexdigest()[:16]}.{ending}"
        self._files[file] = content
        return _ROOT + file

    def _answer(self, name: str) -> Response:
        content = self._files.get(name)
        kept = f"public, max-age={_KEPT_SECONDS}, immutable"
        if content is None:  # a page of another version, whose server is gone: better than nothing
            content, kept = self._files.get(self._like(name)), "no-store"
        if content is None:
            abort(404)
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        response = Response(content, mimetype=kind)
        response.headers["Cache-Control"] = kept
        return response

    def _like(self, name: str) -> str:
        start, ending = name.partition(".")[0], name.rpartition(".")[2]
        like = (each for each in self._files if each.startswith(f"{start}."))
        return next((each for each in like if each.endswith(f".{ending}")), "")
