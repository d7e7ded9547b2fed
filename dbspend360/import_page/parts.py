"""What stands on the page: where to put a file, what is in it, and what became of it."""

from markupsafe import Markup

from dbspend360.import_page.buttons import cancel_form, confirm_form
from dbspend360.import_page.looked_at import checked_part, rejected_list
from dbspend360.models.upload import Upload, UploadStage
from dbspend360.services.import_desk import ImportDesk
from dbspend360.signin.plain import form

_PAGE = Markup(
    """<p class="import__intro">{intro}</p>
<p id="import-status" class="import__status" role="status" aria-live="polite"></p>
<p id="import-error" class="plain__error" role="alert"{hidden}>{error}</p>
<div id="import-now" class="import__now">
{now}
</div>
{script}"""
)
_ELSEWHERE = Markup(
    """<p>The spends are read from the table <code>{}</code> on Databricks. Whatever writes that
table brings new ones, so there is nothing to import here.</p>
<p class="import__actions"><a class="button" href="/check">Can it be read?</a>
<a class="button" href="/">Open the dashboard</a></p>"""
)
_INTRO = (
    "The costs of your job runs, from a file. You see what is in it first; nothing changes before "
    "you say yes."
)
_DROP = Markup(
    """<section data-stage="none" data-words="" data-most="{most}">
<div id="import-drop" class="import__drop">
<span class="icon icon--upload" aria-hidden="true"></span>
<label class="import__label" for="import-file">Drop a file here, or choose one</label>
<p id="import-hint">CSV, gzip'd CSV or Parquet, up to {megabytes:,} MB</p>
<input class="import__file" id="import-file" type="file" aria-describedby="import-hint"
 accept=".csv,.tsv,.txt,.gz,.parquet,text/csv">
</div>
<noscript><p>Sending a file needs scripts. Without them, import on the server:
<code>dbspend360 import FILE</code>.</p></noscript>
<div id="import-sending" class="plain__card" hidden>
<p id="import-sent">Sending</p>
<progress class="import__progress" id="import-progress" max="1" value="0"
 aria-labelledby="import-sent"></progress>
<p class="import__actions"><button class="button" id="import-stop" type="button">Stop</button></p>
</div>
</section>
<details class="plain__card">
<summary>What the file needs</summary>
<p>A first line with these columns, in any order; others are optional or ignored:</p>
<pre class="check__sql">cluster_id,ec2_cost,job_id,run_id,usage_date,databricks_cost
1120-031202-ab12cd34,120.50,71,901,2026-11-20,88.25</pre>
<p>Days are <code>YYYY-MM-DD</code>, amounts are dollars such as <code>1234.5</code>. An empty
amount is unknown, an empty cluster is serverless. The days in a file replace the same days here;
all other days stay.</p>
</details>"""
)
_DEMO = Markup(
    """<section class="plain__card">
<h2>Only want to look?</h2>
<p>Demo data of a made-up company with 120 jobs. Your first import drops it again.</p>
{}
</section>"""
)
_DEMO_BUTTON = Markup('<button class="button">Use demo data</button>')
_BUSY = Markup(
    """<section class="plain__card" data-stage="{stage}" data-words="{said}">
<h2 tabindex="-1">{title}</h2>
<p id="import-doing">{words}</p>
<progress class="import__progress" max="1" value="{share:.3f}"
 aria-labelledby="import-doing"></progress>
{more}
</section>
<noscript><p><a class="button" href="/import">Look again</a></p></noscript>"""
)
_DONE = Markup(
    """<section class="plain__card plain__new" data-stage="done" data-words="Done. {first}">
<h2 tabindex="-1">Done</h2>
{sentences}
<div class="import__actions"><a class="button button--main" href="/">Open the dashboard</a>
{more}</div>
</section>"""
)
_FAILED = Markup(
    """<section class="plain__card import__bad" data-stage="failed" data-words="{words}">
<h2 tabindex="-1">{title}</h2>
<p>{words}</p>
{reasons}
<div class="import__actions">{again}
{more}</div>
</section>"""
)


def whole_page(desk: ImportDesk, error: str, script: Markup) -> Markup:
    """What is below the title."""
    if not desk.is_embedded:
        return _ELSEWHERE.format(desk.table)
    return _PAGE.format(
        intro=_INTRO,
        error=error,
        hidden="" if error else Markup(" hidden"),
        now=now_part(desk),
        script=script,
    )


def now_part(desk: ImportDesk) -> Markup:
    """The part that changes by itself."""
    upload = desk.look()
    if upload is None:
        return _empty(desk)
    if upload.stage is UploadStage.CHECKED and upload.found:
        return checked_part(upload, upload.found)
    if upload.stage is UploadStage.DONE:
        first, *_ = upload.done
        lines = Markup("\n").join(Markup("<p>{}</p>").format(each) for each in upload.done)
        more = cancel_form("Import another file")
        return _DONE.format(first=first, sentences=lines, more=more)
    return _failed(upload) if upload.stage is UploadStage.FAILED else _busy(upload)


def _empty(desk: ImportDesk) -> Markup:
    megabytes = desk.most_bytes // 1_000_000
    drop = _DROP.format(most=desk.most_bytes, megabytes=megabytes)
    if desk.holds() == "import":
        return drop
    return drop + _DEMO.format(form("/import/demo", _DEMO_BUTTON))


def _busy(upload: Upload) -> Markup:
    what = upload.name or "demo data"
    is_check = upload.stage is UploadStage.CHECKING
    title = f"Checking {what}" if is_check else f"Loading {what}"
    return _BUSY.format(
        stage=upload.stage,
        said=title,
        title=title,
        words=(upload.words or "beginning").capitalize(),
        share=upload.share,
        more=cancel_form("Cancel") if is_check else "",
    )


def _failed(upload: Upload) -> Markup:
    found = upload.found
    can_load = bool(found and found.records)
    return _FAILED.format(
        title=f"{upload.name or 'Demo data'} was not imported",
        words=upload.words,
        reasons=rejected_list(found) if found and not can_load else "",
        again=confirm_form(upload, "Try again", is_main=True) if can_load else "",
        more=cancel_form("Choose another file", is_main=not can_load),
    )
