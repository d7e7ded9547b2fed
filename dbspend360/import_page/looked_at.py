"""What is in a file that was checked, and the question whether it shall be imported."""

from decimal import Decimal

from markupsafe import Markup

from dbspend360.import_page.buttons import cancel_form, confirm_form
from dbspend360.models.upload import Found, Upload
from dbspend360.theme import count, day_range, plural, usd

_CARD = Markup(
    """<section class="plain__card{kind}" data-stage="checked" data-words="{said}">
<h2 tabindex="-1">{title}</h2>
{trouble}
<dl class="import__facts">
{facts}
</dl>
{remarks}
<p>{becomes}</p>
<div class="import__actions">{actions}</div>
</section>
{first}"""
)
_FACT = Markup("<div><dt>{}</dt><dd>{}</dd></div>")
_FIRST = Markup(
    """<section class="plain__card">
<h2>The first {number}</h2>
<div class="plain__scroll" tabindex="0" role="region" aria-label="The first records"><table
 class="plain__table import__first"><thead><tr>{heads}</tr></thead>
<tbody>{rows}</tbody></table></div>
</section>"""
)
_HEADS = {
    "usage_date": "Day",
    "job_name": "Job",
    "job_id": "Job id",
    "run_id": "Run id",
    "cluster_id": "Cluster",
    "ec2_cost": "EC2",
    "databricks_cost": "Databricks",
}
_MONEY = ("ec2_cost", "databricks_cost")
_REJECTED = Markup("<ul class='import__reasons'>{}</ul>{}")
_TROUBLE = Markup("<p>{}</p>{}")


def checked_part(upload: Upload, found: Found) -> Markup:
    """The whole of it: what is wrong comes before what is there."""
    is_bad = found.rejected > 0
    title = _title(upload, found)
    return _CARD.format(
        kind=" import__bad" if is_bad else "",
        said=title,
        title=title,
        trouble=_trouble(found) if is_bad else "",
        facts=_facts(found),
        remarks=_paragraphs(found.remarks),
        becomes=_becomes(found),
        actions=_actions(upload, found),
        first=_first(found),
    )


def rejected_list(found: Found) -> Markup:
    """The first records that cannot be loaded, with their line and the reason."""
    if not found.rejected:
        return Markup("")
    lines = Markup("\n").join(Markup("<li>{}</li>").format(each) for each in found.reasons)
    left = found.rejected - len(found.reasons)
    more = Markup("<p>and {} more.</p>").format(plural(left, "bad record")) if left else ""
    return _REJECTED.format(lines, more)


def _title(upload: Upload, found: Found) -> str:
    if not found.rejected:
        return f"{upload.name}: {plural(found.records, 'record')}, nothing wrong"
    all_of_them = count(found.records + found.rejected)
    return f"{upload.name}: {count(found.rejected)} of {all_of_them} records cannot be loaded"


def _trouble(found: Found) -> Markup:
    words = "Correct them in the file and choose it again, or leave them out."
    return _TROUBLE.format(words, rejected_list(found))


def _facts(found: Found) -> Markup:
    days = ""
    if found.first_date and found.last_date:
        days = f"{day_range(found.first_date, found.last_date)} ({plural(found.days, 'day')})"
    facts = {
        "Records": count(found.records),
        "Days": days,
        "Jobs": count(found.jobs),
        "EC2": usd(found.ec2_cost),
        "Databricks": usd(found.databricks_cost),
        "Total": usd(found.ec2_cost + found.databricks_cost),
    }
    return Markup("\n").join(_FACT.format(name, value) for name, value in facts.items())


def _paragraphs(sentences: tuple[str, ...]) -> Markup:
    return Markup("\n").join(Markup("<p>{}</p>").format(each) for each in sentences)


def _becomes(found: Found) -> str:
    if found.dropped_demo:
        return f"All {plural(found.dropped_demo, 'demo record')} are dropped."
    if not found.replaced + found.kept:
        return "There is no other data yet."
    replaced = f"{plural(found.replaced, 'older record')} of these days"
    kept = f"{plural(found.kept, 'record')} of other days"
    first = f"{replaced} make room" if found.replaced else "These days are new"
    return f"{first}; {kept} stay." if found.kept else f"{first}."


def _actions(upload: Upload, found: Found) -> Markup:
    if found.rejected:
        words = f"Leave out {count(found.rejected)} and import {count(found.records)}"
        return cancel_form("Choose another file", is_main=True) + confirm_form(upload, words)
    return confirm_form(upload, _yes(found), is_main=True) + cancel_form("Cancel")


def _yes(found: Found) -> str:
    records = f"these {count(found.records)} records" if found.records > 1 else "this record"
    if found.dropped_demo:
        return f"Replace the demo data with {records}"
    if found.replaced and not found.kept:
        return f"Replace the spends with {records}"
    return f"Import {records}"


def _first(found: Found) -> Markup:
    if not found.first:
        return Markup("")
    heads = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(_kind(name), words)
        for name, words in _HEADS.items()
    )
    rows = Markup("\n").join(
        Markup("<tr>{}</tr>").format(Markup("").join(_cell(name, each) for name in _HEADS))
        for each in found.first
    )
    number = plural(len(found.first), "record") if len(found.first) > 1 else "record"
    return _FIRST.format(number=number, heads=heads, rows=rows)


def _cell(name: str, record: dict[str, str | None]) -> Markup:
    value = record.get(name)
    if name in _MONEY:
        shown = usd(Decimal(value) if value is not None else None)
    else:
        shown = value or ("serverless" if name == "cluster_id" else "—")
    return Markup('<td{} dir="auto">{}</td>').format(_kind(name), shown)


def _kind(name: str) -> Markup:
    return Markup(' class="import__money"') if name in _MONEY else Markup("")
