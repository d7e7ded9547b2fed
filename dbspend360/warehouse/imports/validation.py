"""The rules for a record, as SQL over the raw text: what is stored of it, or why it is refused.

Ten million records are judged in one pass, so a rule is an expression and not a function.
DuckDB's casts take more than they should ('2026-1-5', 'infinity', '1_000'): a pattern goes first.
"""

from dataclasses import dataclass
from functools import cache

MACROS = (
    # A blank is a field without a visible character; Unicode has more of those than ASCII.
    "CREATE TEMP MACRO blank(v) AS v IS NULL OR v = '' OR regexp_full_match(v, '[\\s\\p{Z}]*')",
    "CREATE TEMP MACRO bare(v) AS nullif(trim(v, ' '), '')",
    "CREATE TEMP MACRO shown(v) AS '\"' || left(v, 60) || if(length(v) > 60, '…', '') || '\"'",
    "CREATE TEMP MACRO day_of(v) AS try_cast(left(v, 10) AS DATE)",
    "CREATE TEMP MACRO amount_of(v) AS try_cast(bare(v) AS DECIMAL(18, 6))",
)

# What is stored of a record that passes, in the order of the table.
STORED = {
    "usage_date": "day_of(usage_date)",
    "workspace_id": "coalesce(bare(workspace_id), '')",
    "job_id": "bare(job_id)",
    "run_id": "bare(run_id)",
    "cluster_id": "bare(cluster_id)",
    "job_name": "if(blank(job_name), NULL, job_name)",
    "ec2_cost": "amount_of(ec2_cost)",
    "databricks_cost": "amount_of(databricks_cost)",
    "run_as": "if(blank(run_as), NULL, run_as)",
    "result_state": "if(blank(result_state), NULL, result_state)",
    "team": "if(blank(team), NULL, team)",
}


@dataclass(frozen=True)
class Rule:
    """A fault a field may have, and the rest of the sentence after the field and its value."""

    column: str
    fault: str  # SQL; `@` stands for the column
    words: str | dict[str, str]  # or, by the pattern that the value matches, several
    shows_value: bool = True

    def when(self) -> str:
        """Branch of a CASE: the fault, and its sentence."""
        value = f" || ' ' || shown({self.column})" if self.shows_value else ""
        fault = self.fault.replace("@", self.column)
        return f"WHEN {fault} THEN '{self.column}'{value} || ' ' || {self._words()}"

    def _words(self) -> str:
        if isinstance(self.words, str):
            return f"'{self.words}'"
        kinds = (
            f"WHEN regexp_full_match(bare({self.column}), '{pattern}') THEN '{words}'"
            for pattern, words in self.words.items()
        )
        return f"CASE {' '.join(kinds)} END"


def _day_rules() -> list[Rule]:
    column = "usage_date"
    # To text and back finds '2026-1-5' and all that is not a day, five times as fast as a pattern.
    not_a_day = "CAST(day_of(@) AS VARCHAR) IS DISTINCT FROM left(@, 10)"
    midnight = r"([ T]00:00(:00(\.0+)?)?(Z|\+00(:?00)?)?)?"
    return [
        Rule(column, "blank(@)", "is missing", shows_value=False),
        Rule(column, not_a_day, "is not a date (YYYY-MM-DD)"),
        Rule(
            column,
            f"length(@) > 10 AND NOT regexp_full_match(substr(@, 11), '{midnight}')",
            {
                r".{10}[ T]\d\d:.*": "has a time of day: write YYYY-MM-DD",
                r"(?s).*": "is not a date (YYYY-MM-DD)",
            },
        ),
        Rule(
            column,
            "day_of(@) NOT BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'",
            "is not between 2000-01-01 and 2100-12-31",
        ),
    ]


def _id_rules(column: str, *, required: bool) -> list[Rule]:
    mangled = r"[+-]?\d+([.,]\d+)?[eE]\+\d+|\d+[.,]\d+[eE]\d+"
    rules = [
        Rule(
            column,
            f"regexp_full_match(bare(@), '{mangled}')",
            "was shortened by a spreadsheet: export the column as text, not as a number",
        ),
        Rule(
            column,
            r"regexp_full_match(bare(@), '\d+\.0+')",
            "is a number with decimals: export the column as text or as a whole number",
        ),
        Rule(column, r"regexp_matches(bare(@), '\p{Cc}')", "has a control character in it"),
        Rule(column, "length(bare(@)) > 255", "is longer than 255 characters"),
    ]
    missing = Rule(column, "blank(@)", "is missing", shows_value=False)
    return [missing, *rules] if required else rules


def _text_rules(column: str) -> list[Rule]:
    return [
        Rule(column, "contains(@, chr(0))", "has a NUL character in it"),
        Rule(column, "length(@) > 1000", "is longer than 1,000 characters"),
    ]


def _amount_rules(column: str) -> list[Rule]:
    number = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
    kinds = {
        r"(?i)[+-]?(nan|inf|infinity)": "is not a finite number",
        r"[+-]?[\d.]*,[\d.,]*": "has a comma in it: write 1234.5",
        r"[+-]?\d[\d.]*_[\d_.]*": "has an underscore in it: write 1234.5",
        r"[+-]?\p{Sc}.*|.*\p{Sc}": "has a currency sign: write the number alone",
        r"(?s).*": "is not a number",
    }
    not_a_number = f"NOT blank(@) AND NOT regexp_full_match(bare(@), '{number}')"
    too_much = "NOT blank(@) AND coalesce(abs(amount_of(@)) > 1000000000, true)"
    return [
        Rule(column, not_a_number, kinds),
        Rule(column, too_much, "is more than 1,000,000,000 dollars"),
    ]


def _currency_rule() -> Rule:
    return Rule(
        "currency",
        "NOT blank(@) AND upper(bare(@)) <> 'USD'",
        "is not USD: amounts of two currencies cannot be added",
    )


@cache
def reason() -> str:
    """SQL for the sentence that refuses a record; NULL for a record to store."""
    rules = [
        *_day_rules(),
        *_id_rules("job_id", required=True),
        *_id_rules("run_id", required=True),
        *_id_rules("cluster_id", required=False),
        *_id_rules("workspace_id", required=False),
        *_amount_rules("ec2_cost"),
        *_amount_rules("databricks_cost"),
        *(
            rule
            for name in ("job_name", "run_as", "result_state", "team")
            for rule in _text_rules(name)
        ),
        _currency_rule(),
    ]
    return "CASE " + "\n".join(rule.when() for rule in rules) + " END"


def visible(reason: str) -> str:
    """`reason` with the control characters of the offending value spelled out."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in reason
    )
