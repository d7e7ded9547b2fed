"""What the line and the login can do to the Databricks warehouse, with the real connector."""

import logging
import time
from collections.abc import Iterator

import pytest
from databricks_side import asking, settings_of
from loopback.faults import Fault
from loopback.server import Loopback, loopback_warehouse
from people import wait_until

from dbspend360.errors import BadSettings, LostReply, NotYet, Unreachable, WarehouseError
from dbspend360.settings import Settings
from dbspend360.warehouse.base import KNOCK, Question
from dbspend360.warehouse.databricks.endpoint import is_chosen, read_endpoint, table_name
from dbspend360.warehouse.databricks.failures import LoginRefused, Refused
from dbspend360.warehouse.databricks.joined import databricks_warehouse
from dbspend360.warehouse.databricks.login import read_login

BOUNDS = Question("bounds", "SELECT COUNT(*) AS records FROM spends")
INSERT = Question(
    "insert",
    "INSERT INTO `pritam_demo`.`dbcost360`.`databricks_job_spends` (job_id) VALUES (:id)",
)


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        yield warehouse


def sent(loopback: Loopback, words: str) -> int:
    return sum(words in each.text for each in loopback.service.statements)


# Reads are repeated


@pytest.mark.parametrize(
    "fault",
    [
        Fault("drop", rpc="ExecuteStatement"),
        Fault("lose reply", rpc="ExecuteStatement"),
        Fault("status", rpc="ExecuteStatement", code=503, headers={"Retry-After": "1"}),
        Fault("status", rpc="OpenSession", code=500),
        Fault("status", rpc="OpenSession", code=429, times=2),
        Fault("expired session", rpc="ExecuteStatement"),
    ],
    ids=lambda fault: f"{fault.what} {fault.rpc}",
)
def test_a_read_survives_a_passing_failure(loopback: Loopback, fault: Fault) -> None:
    with asking(loopback) as warehouse:
        warehouse.query(BOUNDS, {})
        loopback.faults.add(fault)
        began = time.monotonic()
        assert warehouse.query(BOUNDS, {}).value == [{"records": 0}]
        assert time.monotonic() - began < 8


def test_dropping_every_third_reply_is_not_noticed(loopback: Loopback) -> None:
    with asking(loopback) as warehouse:
        loopback.faults.add(Fault("lose reply", times=None, every=3))
        for _ in range(10):
            assert warehouse.query(BOUNDS, {}).value == [{"records": 0}]


def test_after_a_restart_every_session_is_a_new_one(loopback: Loopback) -> None:
    with asking(loopback) as warehouse:
        warehouse.query(BOUNDS, {})
        loopback.stop()
        with pytest.raises(Unreachable, match="cannot be reached"):
            warehouse.query(BOUNDS, {})
        loopback.start()
        assert warehouse.query(BOUNDS, {}).value == [{"records": 0}]


# Changes are not


@pytest.mark.parametrize("what", ["drop", "lose reply"])
def test_a_change_is_never_sent_twice(loopback: Loopback, what: str) -> None:
    with asking(loopback) as warehouse:
        loopback.faults.add(Fault(what, rpc="ExecuteStatement"))  # type: ignore[arg-type]
        with pytest.raises(LostReply, match="look before you try again"):
            warehouse.change(INSERT, {"id": "1"})
    assert loopback.service.requests["ExecuteStatement"] == 1
    assert sent(loopback, "INSERT") == (1 if what == "lose reply" else 0)


def test_a_change_that_was_refused_certainly_did_not_happen(loopback: Loopback) -> None:
    loopback.engine.deny("MODIFY", "pritam_demo.dbcost360.databricks_job_spends")
    with asking(loopback) as warehouse, pytest.raises(Refused):
        warehouse.change(INSERT, {"id": "1"})


def test_a_change_that_nobody_heard_certainly_did_not_happen(loopback: Loopback) -> None:
    loopback.stop()
    with asking(loopback) as warehouse, pytest.raises(Unreachable):
        warehouse.change(INSERT, {"id": "1"})


def test_a_change_that_was_heard_happened_once(loopback: Loopback) -> None:
    with asking(loopback) as warehouse:
        assert warehouse.change(INSERT, {"id": "1"}) == 1
    rows = loopback.engine.execute(
        "SELECT COUNT(*) FROM pritam_demo.dbcost360.databricks_job_spends"
    )
    assert rows == [(1,)]


# Sentences


@pytest.mark.parametrize(
    ("path", "words"),
    [("/sql/1.0/warehouses/other", "no SQL warehouse at this address")],
)
def test_a_wrong_path_is_said(loopback: Loopback, path: str, words: str) -> None:
    settings = settings_of(loopback, databricks_uri=f"{loopback.base}{path}")
    with pytest.raises(Unreachable, match=words):
        databricks_warehouse(settings).query(KNOCK, {})


def test_a_wrong_token_is_said_at_once_and_never_shown(
    loopback: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with (
        asking(loopback, databricks_token="dapi-wrong") as warehouse,
        pytest.raises(LoginRefused, match=r"HTTP 403.*dbspend360 check") as refused,
    ):
        warehouse.query(KNOCK, {})
    assert loopback.service.requests["OpenSession"] == 1
    assert "dapi-wrong" not in f"{caplog.text}{refused.value}"


def test_a_host_that_does_not_exist_is_said() -> None:
    settings = Settings(
        databricks_host="no-such-host.invalid", databricks_warehouse_id="x", databricks_token="t"
    )
    with pytest.raises(Unreachable, match="check DATABRICKS_HOST"):
        databricks_warehouse(settings).knock()


@pytest.mark.parametrize(
    ("privilege", "name"),
    [
        ("SELECT", "pritam_demo.dbcost360.databricks_job_spends"),
        ("USE SCHEMA", "pritam_demo.dbcost360"),
        ("USE CATALOG", "pritam_demo"),
    ],
)
def test_a_missing_grant_is_said_and_its_arrival_noticed(
    loopback: Loopback, privilege: str, name: str
) -> None:
    loopback.engine.deny(privilege, name)
    with asking(loopback) as warehouse:
        with pytest.raises(Refused, match="says which setting or GRANT mends it"):
            warehouse.query(BOUNDS, {})
        loopback.engine.allow_all()
        assert warehouse.query(BOUNDS, {}).value


def test_a_table_that_is_not_there_is_said(loopback: Loopback) -> None:
    missing = pytest.raises(Refused, match="is not there, or may not be seen")
    with asking(loopback, spends_table="pritam_demo.dbcost360.nothing") as warehouse, missing:
        warehouse.query(BOUNDS, {})


def test_a_table_without_the_columns_is_said(loopback: Loopback) -> None:
    loopback.engine.execute("CREATE TABLE pritam_demo.dbcost360.other (job_id VARCHAR, x INT)")
    lacking = pytest.raises(WarehouseError, match="has no column cluster_id, run_id, usage_date")
    with asking(loopback, spends_table="pritam_demo.dbcost360.other") as warehouse, lacking:
        warehouse.query(BOUNDS, {})


def test_a_statement_that_runs_too_long_is_ended_by_the_warehouse(loopback: Loopback) -> None:
    loopback.slow(30)
    with asking(loopback, question_seconds=1) as warehouse:
        began = time.monotonic()
        with pytest.raises(Refused, match="DBSPEND360_QUESTION_SECONDS"):
            warehouse.query(KNOCK, {})
        assert time.monotonic() - began < 5


def test_a_reply_that_never_comes_is_not_waited_for_for_ever(loopback: Loopback) -> None:
    loopback.faults.add(Fault("delay", seconds=20, times=None))
    with asking(loopback, reply_seconds=0.5) as warehouse:
        began = time.monotonic()
        with pytest.raises(Unreachable, match="did not reply in time"):
            warehouse.query(KNOCK, {})
        assert time.monotonic() - began < 12


def test_a_sleeping_warehouse_is_said_to_be_waking(loopback: Loopback) -> None:
    loopback.sleep(60)
    with asking(loopback) as warehouse, pytest.raises(NotYet, match="waking up"):
        warehouse.query(KNOCK, {})


# TLS and logins


def test_a_private_ca_is_trusted_when_it_is_named() -> None:
    with loopback_warehouse(tls=True) as loopback:
        with asking(loopback) as warehouse:
            assert warehouse.query(KNOCK, {}).value == [{"answer": 1}]
        untrusted = pytest.raises(Unreachable, match="DBSPEND360_TLS_CA_FILE")
        with asking(loopback, tls_ca_file=None) as warehouse, untrusted:
            warehouse.query(KNOCK, {})


@pytest.mark.parametrize("tls", [False, True])
def test_a_service_principal_logs_in(tls: bool) -> None:
    with loopback_warehouse(tls=tls) as loopback:
        who = {
            "databricks_token": "",
            "databricks_client_id": loopback.client_id,
            "databricks_client_secret": loopback.client_secret,
        }
        with asking(loopback, **who) as warehouse:
            assert warehouse.query(KNOCK, {}).value == [{"answer": 1}]
        wrong = who | {"databricks_client_secret": "wrong"}
        refused = pytest.raises(LoginRefused, match="HTTP 401")
        with asking(loopback, **wrong) as warehouse, refused:
            warehouse.query(KNOCK, {})


def test_nothing_is_left_open_after_a_thousand_questions(loopback: Loopback) -> None:
    with asking(loopback) as warehouse:
        for _ in range(1000):
            warehouse.query(KNOCK, {})
        assert loopback.open_sessions == 1
    assert (loopback.open_sessions, loopback.open_operations) == (0, 0)
    assert loopback.service.requests["OpenSession"] == 2  # one was retired on the way


def test_changes_leave_no_more_open_than_questions_do(loopback: Loopback) -> None:
    with asking(loopback) as warehouse:
        for number in range(20):  # each on a connection of its own
            warehouse.change(INSERT, {"id": str(number)})
        assert loopback.service.requests["OpenSession"] == 20
        wait_until(lambda: loopback.open_sessions == 1, 20)
        assert warehouse.query(KNOCK, {}).value == [{"answer": 1}]
        assert loopback.service.requests["OpenSession"] == 20  # the last one serves questions


def test_the_connector_is_told_our_name_and_limits(loopback: Loopback) -> None:
    with asking(loopback, question_seconds=7) as warehouse:
        warehouse.query(KNOCK, {})
        [session] = loopback.service.sessions.values()
    assert session.configuration["STATEMENT_TIMEOUT"] == "7"
    assert session.configuration["TIMEZONE"] == "UTC"
    assert any("dbspend360" in agent for agent in loopback.agents)


# Settings


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "DATABRICKS_HOST is not set"),
        ({"databricks_host": "http://a.example"}, "give the workspace's name alone"),
        ({"databricks_host": "a.example:8443"}, "give the workspace's name alone"),
        ({"databricks_host": "a b"}, "DATABRICKS_HOST"),
        ({"databricks_host": "a.example"}, "No SQL warehouse is named"),
        (
            {
                "databricks_host": "a.example",
                "databricks_http_path": "sql/protocolv1/o/1/0101-1-ab",
            },
            "which is a cluster",
        ),
        (
            {"databricks_host": "a.example", "databricks_http_path": "/other"},
            "copy it from the SQL warehouse's Connection details",
        ),
        (
            {"databricks_host": "a.example", "databricks_warehouse_id": "../x"},
            "DATABRICKS_WAREHOUSE_ID",
        ),
        ({"databricks_uri": "http://a.example/sql/1.0/warehouses/x"}, "in the open"),
        ({"databricks_uri": "https://me:word@a.example/x"}, "without a user or password"),
        ({"databricks_uri": "ftp://a.example/x"}, "a whole address"),
        ({"databricks_uri": "https://a.example:port/x"}, "a whole address"),
        ({"databricks_host": "a.example", "tls_ca_file": "/no/such/file"}, "which is not a file"),
    ],
)
def test_a_place_that_cannot_be_is_said(settings: dict[str, str], words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        read_endpoint(Settings.model_validate(settings))


@pytest.mark.parametrize(
    "host",
    ["dbc-1.example", "https://dbc-1.example/", " dbc-1.example ", "https://dbc-1.example/?o=1"],
)
def test_a_host_may_be_copied_from_the_browser(host: str) -> None:
    endpoint = read_endpoint(Settings(databricks_host=host, databricks_warehouse_id="ab12"))
    assert (endpoint.host, endpoint.http_path) == ("dbc-1.example", "/sql/1.0/warehouses/ab12")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID"),
        ({"databricks_client_id": "x"}, "DATABRICKS_CLIENT_SECRET is not set"),
        ({"databricks_client_secret": "x"}, "DATABRICKS_CLIENT_ID is not set"),
        ({"databricks_token": "a\nb"}, "copy it again"),
    ],
)
def test_a_login_that_cannot_be_is_said(settings: dict[str, str], words: str) -> None:
    chosen = Settings.model_validate(
        {"databricks_host": "a.example", "databricks_warehouse_id": "x", **settings}
    )
    with pytest.raises(BadSettings, match=words):
        read_login(chosen, read_endpoint(chosen))


@pytest.mark.parametrize(
    "name",
    ["spends", "a.b", "a.b.c.d", "a..c", "a.b.c`; DROP TABLE x", "a.b c.d", "a.b/c.d", "a.b.\x00"],
)
def test_a_table_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(BadSettings, match="DBSPEND360_SPENDS_TABLE"):
        table_name(name, "DBSPEND360_SPENDS_TABLE")


def test_a_table_name_is_quoted() -> None:
    assert table_name("main.my-costs.`spends`", "X") == "`main`.`my-costs`.`spends`"


@pytest.mark.parametrize(
    ("settings", "chosen"),
    [
        ({}, False),
        ({"databricks_host": "a"}, False),
        ({"databricks_host": "a", "databricks_warehouse_id": "x"}, True),
        ({"databricks_host": "a", "databricks_http_path": "x"}, True),
        ({"databricks_uri": "x"}, True),
        ({"databricks_uri": "x", "warehouse": "embedded"}, False),
        ({"warehouse": "databricks"}, True),
    ],
)
def test_databricks_is_chosen_when_it_is_set(settings: dict[str, str], chosen: bool) -> None:
    assert is_chosen(Settings.model_validate(settings)) is chosen
