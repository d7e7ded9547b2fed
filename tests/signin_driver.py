"""A browser that fills in our forms: it sends back what the page before has given it."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

OURS = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse battery"


def submitted(
    client: FlaskClient, address: str, *, base_url: str = "http://localhost", **fields: str
) -> TestResponse:
    """What a form of ours is answered with; a page must have been looked at before."""
    if client.get_cookie("_csrf_token") is None:
        client.get("/login", base_url=base_url).close()
    cookie = client.get_cookie("_csrf_token")
    fields["csrf_token"] = cookie.value if cookie else ""
    headers = OURS | {"Origin": base_url}
    return client.post(address, data=fields, headers=headers, base_url=base_url)


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
    return submitted(client, "/login", name=name, password=password, **more)
