"""The description of the API is true: every address, status and answer is as it says."""

import re
from typing import Any

import jsonschema_rs
import pytest
from api_driver import Api, Json, described_api

from dbspend360.models.columns import COLUMNS, Grouping

UNDESCRIBED = {"/api/openapi.json", "/api/docs"}  # they describe the others


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    return described_api(tmp_path_factory.mktemp("described") / "data")


@pytest.fixture(scope="module")
def document(api: Api) -> Json:
    return api.client.get("/api/openapi.json").get_json()


def operations(document: Json, method: str = "") -> dict[str, Json]:
    """By method and path; those of one method by path."""
    return {
        path if method else f"{each} {path}": operation
        for path, methods in document["paths"].items()
        for each, operation in methods.items()
        if method in ("", each)
    }


# The document


def test_every_address_is_described_and_no_other(api: Api, document: Json) -> None:
    rules = [
        rule for rule in api.client.application.url_map.iter_rules() if rule.rule.startswith("/api")
    ]
    paths = {re.sub(r"<(\w+)>", r"{\1}", rule.rule) for rule in rules}
    assert paths - UNDESCRIBED == set(document["paths"])
    served = {
        (method.lower(), re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD"}
    }
    described = {(each, path) for path in document["paths"] for each in document["paths"][path]}
    assert served - {("get", path) for path in UNDESCRIBED} == described


def test_what_changes_something_says_what_it_reads(document: Json) -> None:
    for method in ("put", "post"):
        for operation in operations(document, method).values():
            [media] = operation["requestBody"]["content"].values()
            validator(document, media["schema"]).validate(media["example"])
    assert all("requestBody" not in each for each in operations(document, "get").values())


def test_the_document_is_openapi_3_1_and_names_only_schemas_it_has(document: Json) -> None:
    assert document["openapi"] == "3.1.0"
    names = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert names <= set(document["components"]["schemas"])
    ids = [each["operationId"] for each in operations(document).values()]
    assert len(ids) == len(set(ids))


def test_every_parameter_and_answer_has_a_description_and_an_example(document: Json) -> None:
    for operation in operations(document).values():
        assert operation["summary"]
        assert operation["description"]
        for parameter in operation["parameters"]:
            assert parameter["description"]
            assert parameter["examples"]["usual"]["value"]
        for status, response in operation["responses"].items():
            assert response["description"]
            if status != "304":
                assert all(media["example"] for media in response["content"].values())


def test_every_example_is_a_valid_answer(document: Json) -> None:
    for operation in operations(document).values():
        for response in operation["responses"].values():
            for name, media in response.get("content", {}).items():
                if name == "application/json":
                    validator(document, media["schema"]).validate(media["example"])


def test_the_rows_are_described_with_the_columns_of_each_grouping(document: Json) -> None:
    for grouping in Grouping:
        schema = document["components"]["schemas"][f"RowBy{grouping.value.title()}"]
        assert list(schema["properties"]) == [each.name for each in COLUMNS[grouping]]
        assert schema["required"] == list(schema["properties"])


@pytest.mark.parametrize("grouping", Grouping)
def test_the_rows_are_as_their_grouping_is_described(
    api: Api, document: Json, grouping: Grouping
) -> None:
    reference = {"$ref": f"#/components/schemas/RowBy{grouping.value.title()}"}
    rows = api.client.get(f"/api/job-spends?group_by={grouping}").get_json()["data"]["job_spends"]
    assert rows
    for row in rows:
        validator(document, reference).validate(row)


def test_no_answer_has_a_field_that_is_not_described(api: Api, document: Json) -> None:
    for path, operation in operations(document, "get").items():
        address = path.replace("{job_id}", "865057131580913")
        found = api.get(address, "run_id=314060377583638" if "{" in path else "").get_json()
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        name = schema["properties"]["data"]["$ref"].rsplit("/", 1)[1]
        described = document["components"]["schemas"][name]["properties"]
        assert list(found["data"]) == list(described)


def validator(document: Json, schema: Json) -> Any:
    whole = {"components": document["components"], **schema}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
