"""A real identity provider on loopback, in a process of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from flask.testing import FlaskClient
from ports import free_port
from werkzeug.test import TestResponse


@dataclass
class IdentityProvider:
    """People sign in there by naming themselves: it asks for no password."""

    address: str
    process: "subprocess.Popen[bytes]"

    def know(self, sub: str, claims: dict[str, Any]) -> None:
        """Say of somebody what it is to tell."""
        requests.put(
            f"{self.address}/users/{quote(sub)}", json=claims, timeout=10
        ).raise_for_status()

    def agrees(self, there: str, sub: str, **form: str) -> str:
        """Somebody follows our redirect, says who they are, and is sent back to this address."""
        answer = requests.post(there, data={"sub": sub, **form}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)


@contextmanager
def identity_provider(*options: str) -> Iterator[IdentityProvider]:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    found = IdentityProvider(f"http://127.0.0.1:{port}", process)
    try:
        deadline = time.monotonic() + 60
        while not _is_up(found.address):
            assert process.poll() is None, "the identity provider did not start"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield found
    finally:
        found.stop()


def _is_up(address: str) -> bool:
    try:
        known = requests.get(f"{address}/.well-known/openid-configuration", timeout=2)
        return known.status_code == 200 and bool(json.loads(known.text)["issuer"])
    except requests.RequestException:
        return False


def begun(client: FlaskClient, query: str = "") -> str:
    """Where our login leads to."""
    answer = client.get(f"/login{query}")
    answer = client.get(answer.location)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def signed_in(
    client: FlaskClient, provider: IdentityProvider, sub: str, query: str = ""
) -> TestResponse:
    """The whole way there and back."""
    return client.get(provider.agrees(begun(client, query), sub))
