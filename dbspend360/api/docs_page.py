"""`/api/docs`: the description as a page, drawn from nothing but itself."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from dbspend360.services.exact_json import indented_json

Json = Mapping[str, Any]


def docs_page(found: Json) -> str:
    """HTML with the product's own colours; its one script only tidies what a form asks."""
    pages = Environment(loader=PackageLoader("dbspend360.api", "."), autoescape=True)
    pages.filters |= {"code": _code, "breakable": _breakable}
    return pages.get_template("docs.html").render(
        info=found["info"],
        paragraphs=found["info"]["description"].split("\n\n"),
        operations=[
            _operation(path, method, each)
            for path, methods in found["paths"].items()
            for method, each in methods.items()
        ],
        control=_control,
        limits=_limits,
    )


def _operation(path: str, method: str, operation: Json) -> dict[str, Any]:
    content = operation["responses"]["200"]["content"]
    sent = operation.get("requestBody", {}).get("content", {})
    return {
        **operation,
        "path": path,
        "method": method.upper(),
        "sent": [_example(each["example"]) for each in sent.values()],
        "examples": [(media, _example(each["example"])) for media, each in content.items()],
    }


def _example(value: object) -> str:
    return value if isinstance(value, str) else indented_json(value)


def _code(text: str) -> Markup:
    """What stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704


def _breakable(path: str) -> Markup:
    """A path that may be broken before a slash."""
    return Markup(str(escape(path)).replace("/", "<wbr>/"))  # noqa: S704


_INPUT = Markup('<input id="{id}" name="{name}" type="{kind}" placeholder="{example}"{more}>')
_OPTION = Markup("<option>{}</option>")


def _control(operation: Json, parameter: Json) -> Markup:
    """Where a value is typed or chosen; with nothing in it the parameter is left out."""
    schema, name = parameter["schema"], parameter["name"]
    marks = {"id": f"{operation['operationId']}-{name}", "name": name}
    if "enum" in schema:
        options = Markup("").join(_OPTION.format(each) for each in ("", *schema["enum"]))
        return Markup('<select id="{id}" name="{name}">{options}</select>').format(
            **marks, options=options
        )
    example = parameter["examples"]["usual"]["value"]
    kind = {"integer": "number"}.get(schema["type"], "text")
    more = Markup(' data-in="path"') if parameter["in"] == "path" else Markup("")
    if parameter["required"]:
        more += Markup(" required")
    shown = example[0] if isinstance(example, list) else example
    return _INPUT.format(**marks, kind=kind, example=shown, more=more)


def _limits(schema: Json) -> str:
    """What a value may be, in words."""
    words = []
    if "default" in schema and schema["default"] not in ("", []):
        words.append(f"`{schema['default']}` when left out.")
    if "minimum" in schema:
        words.append(f"From {schema['minimum']:,} to {schema['maximum']:,}.")
    return " ".join(words)
