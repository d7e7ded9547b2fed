"""How everything is doing, step by step, for `dbspend360 check` and the page `/check`."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from dbspend360.errors import BadSettings, StoreError
from dbspend360.models.finding import Finding
from dbspend360.services.mail_policy import mail_policy
from dbspend360.services.mailer import make_mailer
from dbspend360.services.report_files import report_files
from dbspend360.settings import Settings
from dbspend360.store.places import make_store
from dbspend360.warehouse.checkup import findings as of_warehouse
from dbspend360.warehouse.databricks.endpoint import is_chosen

_HURRIED_SECONDS = 10.0


def findings(settings: Settings) -> Iterator[Finding]:
    """Each thing that was looked at, as soon as it was; none holds a secret.

    Raises:
        DBSpendError: the data folder cannot be read; the sentence says how to mend it.
    """
    cache = f"{_without_password(settings.cache_url)}, {settings.cache_seconds} s"
    yield Finding("Cache", cache)
    yield from of_warehouse(settings)
    if settings.state_url or not is_chosen(settings):
        yield _database(settings)
    yield _mail(settings)
    yield _reports(settings)


def hurried(settings: Settings) -> Settings:
    """The same for somebody who waits at a page: a dead line is given up sooner."""
    seconds = min(settings.reply_seconds, _HURRIED_SECONDS)
    return settings.model_copy(update={"reply_seconds": seconds})


def _mail(settings: Settings) -> Finding:
    """Where alerts are mailed; whether it takes them is for `dbspend360 mail-test` to find out."""
    try:
        mailer = make_mailer(settings)
    except BadSettings as error:
        return Finding("Mail", str(error), "Set it as the sentence says and check again.")
    if mailer is None:
        return Finding("Mail", "no mail server is set; alerts are shown and not mailed")
    return Finding("Mail", f"{mailer.place}; `dbspend360 mail-test ADDRESS` tries it")


def _reports(settings: Settings) -> Finding:
    """Who may mail reports to whom, and whether their files can be kept."""
    try:
        policy = mail_policy(settings)
    except BadSettings as error:
        return Finding("Reports", str(error), "Set it as the sentence says and check again.")
    folder = report_files(settings).folder
    there = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        return Finding("Reports", f"{folder} cannot be written", "Let this app write there.")
    to = ", ".join(policy.domains) or "anywhere"
    who = f"mailed by everyone to {to}" if policy.is_allowed else "mailed by nobody"
    return Finding("Reports", f"{who}; kept in {folder} for {settings.reports_kept_days} days")


def _database(settings: Settings) -> Finding:
    """Where the settings of users are kept, when that is not Databricks."""
    try:
        store = make_store(settings.state_url, settings.data_dir)
    except BadSettings as error:
        return Finding("User settings", str(error), "Set it as the sentence says and check again.")
    if not store.is_begun():
        return Finding("User settings", f"none yet; they will be kept in {store.place}")
    try:
        store.rehearse()
    except StoreError as error:
        return Finding("User settings", f"{store.place}: {error}", _TABLE)
    finally:
        store.close()
    return Finding("User settings", f"kept in {store.place}, writable")


_TABLE = "If the table is not there yet, run `dbspend360 init`, which makes it."


def _without_password(url: str) -> str:
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":***@") if password else url
