"""Databricks SQL, with typed values, as DuckDB's."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import ParseError, TokenError

_HISTORY = re.compile(r"DESCRIBE HISTORY (\S+)(?: LIMIT (\d+))?")
_WRITES = (exp.Merge, exp.Insert, exp.Update, exp.Delete)


class BadStatement(Exception):
    """What Databricks would say: `[CLASS] words SQLSTATE: nnnnn`."""


@dataclass(frozen=True)
class Translated:
    sql: str
    tables: tuple[str, ...]  # catalog.schema.table, as named
    kind: str  # "read", "write", "merge", "define" or "history"
    versions: tuple[int, ...] = ()  # of tables, where it names them


@cache
def translated(statement: str, types: tuple[str, ...]) -> Translated:
    """The statement for DuckDB; `?` becomes `$p0`, `$p1`… in the order of the text."""
    if described := _HISTORY.fullmatch(statement.strip()):
        return Translated(described[2] or "", (described[1].replace("`", ""),), "history")
    try:
        tree = sqlglot.parse_one(_numbered(statement), read="databricks")
    except (ParseError, TokenError) as error:
        words = str(error).splitlines()[0][:200]
        raise BadStatement(f"[PARSE_SYNTAX_ERROR] {words} SQLSTATE: 42601") from error
    versions = tuple(
        int(each.expression.name) for each in tree.find_all(exp.Version) if each.expression
    )
    for table in tree.find_all(exp.Table):
        table.set("version", None)
    names = tuple(_name(table) for table in tree.find_all(exp.Table) if table.db)
    for table in tree.find_all(exp.Table):
        if table.catalog.lower() == "system":  # DuckDB has a catalog of that name
            table.set("catalog", exp.to_identifier("system_tables"))
    for mark in list(tree.find_all(exp.Placeholder)):
        if mark.parent:
            number = int(str(mark.this).removeprefix("p"))
            mark.replace(exp.cast(mark.copy(), _type(types[number])))
    for each in tree.find_all(exp.Create):
        each.set("properties", None)
    return Translated(tree.sql(dialect="duckdb"), names, _kind(tree), versions)


def arguments(parameters: list[Any]) -> dict[str, str | None]:
    """The values of a Thrift request, as texts: the casts make them what they are."""
    return {
        f"p{n}": None if each.value is None else each.value.stringValue
        for n, each in enumerate(parameters)
    }


def _numbered(statement: str) -> str:
    # By token: a walk over the tree visits LIMIT before WHERE.
    tokens = sqlglot.Dialect.get_or_raise("databricks").tokenize(statement)
    marks = [each.start for each in tokens if each.token_type is TokenType.PLACEHOLDER]
    for number, start in reversed(list(enumerate(marks))):
        statement = f"{statement[:start]}:p{number}{statement[start + 1 :]}"
    return statement


def _type(name: str) -> exp.DataType:
    known = {"VOID": "STRING", "DOUBLE": "DOUBLE"}.get(name.upper(), name)
    return exp.DataType.build(known, dialect="databricks")


def _name(table: exp.Table) -> str:
    return ".".join(part for part in (table.catalog, table.db, table.name) if part)


def _kind(tree: exp.Expr) -> str:
    if isinstance(tree, exp.Merge):
        return "merge"
    if isinstance(tree, _WRITES):
        return "write"
    return "read" if isinstance(tree, exp.Query) else "define"
