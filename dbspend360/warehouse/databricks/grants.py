"""The GRANTs that mend a refusal, to be pasted into a SQL editor."""

import re

from dbspend360.warehouse.databricks.endpoint import table_name

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def grants(principal: str, table: str, rights: str = "SELECT") -> str:
    """What `principal` needs to use a table, given as a checked `catalog.schema.table`."""
    catalog, schema, name = map(_quoted, table_name(table, "").replace("`", "").split("."))
    to = f"TO `{principal}`;"
    return "\n".join(
        [
            f"GRANT USE CATALOG ON CATALOG {catalog} {to}",
            f"GRANT USE SCHEMA ON SCHEMA {catalog}.{schema} {to}",
            f"GRANT {rights} ON TABLE {catalog}.{schema}.{name} {to}",
        ]
    )


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f"`{name}`"
