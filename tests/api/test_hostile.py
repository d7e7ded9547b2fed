"""Values that nobody means well with: each gets a clear 4xx that names the parameter."""

from urllib.parse import quote, urlencode

import pytest
from api_driver import Api
from page_driver import app_of
from spend_records import publish, record

ROWS = "/api/job-spends"
HUGE = "1" + "0" * 400
TWO_MEGABYTES = "x" * 2_000_000

# What is asked, and the parameter that the answer blames.
BAD: dict[str, tuple[str, str]] = {
    "unknown": ("colour=red", "colour"),
    "of another address": ("run=/1/2", "run"),
    "nameless": ("=1", "query"),
    "null character": ("job_name=a%00b", "job_name"),
    "null character in an id": ("job_id=%00", "job_id"),
    "null character in a sort": ("sort=%00", "sort"),
    "null character in a condition": ("where=job_name.equals.%00", "where"),
    "null character in a name": ("a%00=1", "a\0"),
    "huge page": (f"page={HUGE}", "page"),
    "huge number of rows": (f"per_page={HUGE}", "per_page"),
    "huge amount": (f"where=total_cost.equals.{HUGE}", "where"),
    "exponent": ("where=total_cost.equals.1e999999999", "where"),
    "not a number": ("where=total_cost.equals.NaN", "where"),
    "infinity": ("where=total_cost.lessThan.-Infinity", "where"),
    "two megabytes": (f"job_name={TWO_MEGABYTES}", "query"),
    "two megabytes of commas": ("&" * 2_000_000, "query"),
    "a thousand parts": ("&".join(f"a{n}=1" for n in range(1000)), "query"),
    "no rows": ("per_page=0", "per_page"),
    "rows below zero": ("per_page=-5", "per_page"),
    "too many rows": ("per_page=1001", "per_page"),
    "page zero": ("page=0", "page"),
    "page below zero": ("page=-1", "page"),
    "half a page": ("page=1.5", "page"),
    "page in another alphabet": (f"page={quote('１')}", "page"),
    "page with a gap": ("page=1_0", "page"),
    "page with a blank": ("page=%201", "page"),
    "empty page": ("page=", "page"),
    "empty date": ("start_date=", "start_date"),
    "empty grouping": ("group_by=", "group_by"),
    "empty order": ("sort=", "sort"),
    "empty preset": ("preset=", "preset"),
    "reversed": ("start_date=2026-11-20&end_date=2026-11-01", "start_date"),
    "thirty years": ("start_date=1996-01-01&end_date=2026-01-01", "start_date"),
    "before the cloud": ("start_date=1970-01-01&end_date=1970-01-02", "start_date"),
    "year zero": ("start_date=0000-01-01", "start_date"),
    "year ten thousand": ("end_date=10000-01-01", "end_date"),
    "30 February": ("start_date=2026-02-30", "start_date"),
    "a week as a date": ("start_date=2026-W10-1", "start_date"),
    "a short date": ("end_date=20260310", "end_date"),
    "seconds as a date": ("start_date=1772323200", "start_date"),
    "a date with a time": ("start_date=2026-03-01T00:00:00", "start_date"),
    "preset and dates": ("preset=today&start_date=2026-03-01", "preset"),
    "preset nobody knows": ("preset=last_3_years", "preset"),
    "grouping nobody knows": ("group_by=month", "group_by"),
    "given twice": ("job_id=1&job_id=2", "job_id"),
    "given twice and the same": ("page=1&page=1", "page"),
    "given twice as an array": ("job_id%5B%5D=1", "job_id[]"),
    "twenty-one conditions": ("&".join(["where=records.equals.1"] * 21), "where"),
    "bytes that are no text": ("job_name=%ff%fe", "query"),
    "half of a character": ("job_name=%ED%A0%80", "query"),
    "an overlong slash": ("job_name=%c0%af", "query"),
    "a name that is no text": ("%ff=1", "query"),
    "a long name": (f"job_name={'x' * 301}", "job_name"),
    "a column of another grouping": ("group_by=day&sort=job_name", "sort"),
    "an order that is SQL": (f"sort={quote('total_cost; DROP TABLE spends --')}", "sort"),
    "a condition without a column": ("where=greaterThan.1", "where"),
    "a condition with an operator nobody knows": ("where=total_cost.regex.1", "where"),
    "an operator that does not go with the column": ("where=job_name.lessThan.a", "where"),
    "a condition that is SQL": (f"where={quote('1=1 OR 1=1')}", "where"),
    "a limit of another address": ("limit=10", "limit"),
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    folder = tmp_path_factory.mktemp("hostile") / "data"
    publish(folder, record(), record(run="2", name="100%_o'brien"))
    return Api(app_of(folder))


@pytest.mark.parametrize("media", ["application/json", "text/csv", "application/x-ndjson"])
@pytest.mark.parametrize(("query", "field"), BAD.values(), ids=BAD)
def test_what_makes_no_sense_is_refused_by_name(
    api: Api, query: str, field: str, media: str
) -> None:
    refusal = api.refusal(ROWS, query, headers={"Accept": media})
    assert (refusal.status, refusal.code) == (400, "bad_request")
    assert field in refusal.fields
    assert len(refusal.message) < 1500
    for word in ("Traceback", "SELECT", "duckdb", "pydantic", "isoformat", "should"):
        assert word not in refusal.message


def test_all_that_is_wrong_is_said_at_once(api: Api) -> None:
    query = "page=0&per_page=x&colour=red&group_by=month&start_date=yesterday"
    refusal = api.refusal(ROWS, query)
    assert set(refusal.fields) == {"page", "per_page", "colour", "group_by", "start_date"}


SENTENCES = {
    "per_page=5000": "per_page: '5000' is too large; 1000 is the most.",
    "page=x": "page: 'x' is not a whole number.",
    "start_date=1.11.2026": "start_date: '1.11.2026' is not a date such as 2026-11-20.",
    "start_date=2026-02-30": "start_date: '2026-02-30' is not a date such as 2026-11-20.",
    "job_id=1&job_id=2": "job_id: is given more than once.",
    "where=cost": "where: is not column, operator and value, such as total_cost.greaterThan.100.",
    "sort=cost": "sort: 'cost' is not a column of any grouping.",
    "sort=jobs": "sort: there is no column 'jobs' by run.",
    "where=last_date.equals.x": ("where: Last day (UTC) needs a day such as 2026-11-20, not 'x'."),
    "start_date=2026-03-02&end_date=2026-03-01": (
        "start_date: 2026-03-02 is after end_date 2026-03-01."
    ),
    "job_name=" + "x" * 301: "job_name: is longer than 300 characters.",
    "group_by=month": "group_by: 'month' is not one of 'run', 'job', 'cluster', 'day' or 'record'.",
    "group_by=": "group_by: is empty.",
}


@pytest.mark.parametrize(("query", "sentence"), SENTENCES.items())
def test_the_sentence_says_what_would_do(api: Api, query: str, sentence: str) -> None:
    assert api.refusal(ROWS, query).message == sentence


@pytest.mark.parametrize(
    "path",
    [
        "/api/job-spends/summary",
        "/api/summary",
        "/api/job-spends/trend",
        "/api/job-spends/top",
        "/api/job-spends/changes",
    ],
)
def test_a_condition_on_rows_is_refused_where_it_would_change_nothing(api: Api, path: str) -> None:
    refusal = api.refusal(path, "where=total_cost.greaterThan.1&page=1")
    assert (refusal.status, refusal.fields) == (400, ("where", "page"))
    assert api.get(path, "group_by=job&sort=-runs").status_code == 200


def test_the_presets_take_no_parameter(api: Api) -> None:
    refusal = api.refusal("/api/filters/presets", "preset=today")
    assert refusal.message == "preset: is not a parameter of this address; it knows none."


@pytest.mark.parametrize("job", ["%00", "x" * 301, "%ff", "..%2f..%2fetc", "' OR 1=1 --"])
def test_an_odd_job_in_the_address_is_refused_or_not_found(api: Api, job: str) -> None:
    assert api.refusal(f"/api/job/{job}/breakdown", "run_id=1").status in (400, 404)


@pytest.mark.parametrize("run", ["", "%00", "x" * 301])
def test_an_odd_run_is_refused(api: Api, run: str) -> None:
    assert api.refusal("/api/job/10/breakdown", f"run_id={run}").fields == ("run_id",)


@pytest.mark.parametrize("name", ["%", "_", "o'brien", "100%_", "\\", "'; DROP TABLE spends --"])
def test_a_name_is_a_value_never_a_pattern_and_never_sql(api: Api, name: str) -> None:
    data = api.data(ROWS, urlencode({"job_name": name}))
    found = {row["job_name"] for row in data["job_spends"]}
    assert found == {each for each in ("nightly_load", "100%_o'brien") if name in each}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_body_changes_nothing(api: Api, method: str) -> None:
    response = api.client.open(ROWS, method=method, data=b"x" * 100_000)
    assert response.status_code == 200


@pytest.mark.parametrize("header", ["Accept", "If-None-Match", "Accept-Encoding", "Range"])
@pytest.mark.parametrize("value", ["\xff\xfe", ";;;===,,,", "x" * 10_000, "*", '"', "q=0"])
def test_an_odd_header_is_never_a_crash(api: Api, header: str, value: str) -> None:
    status = api.client.get(ROWS, headers={header: value}).status_code
    assert status in (200, 304, 400, 406)
