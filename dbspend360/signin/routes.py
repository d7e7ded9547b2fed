"""What each address needs: the closed list that the gate goes by."""

from collections.abc import Mapping

from dbspend360.models.person import Deed

LOGIN, LOGOUT = "/login", "/logout"
IMPORT, IMPORT_FILE = "/import", "/import/file"

# Whoever watches the app, whoever is about to sign in, and what their browser draws with.
OPEN = frozenset(
    {
        "/healthz",
        "/readyz",
        "/metrics",  # has a rule of its own
        LOGIN,
        "/login/oidc",
        "/signed-in",
        LOGOUT,
        "/_favicon.ico",
        "/alerts/_favicon.ico",
        "/reports/_favicon.ico",
        "/jobs/_favicon.ico",
        "/assets/<path:filename>",
        "/alerts/assets/<path:filename>",
        "/reports/assets/<path:filename>",
        "/jobs/assets/<path:filename>",
        "/bundle/<name>",
        "/static/<path:filename>",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "/alerts/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "/reports/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "/jobs/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    }
)

_PAGE = ("", "<path:path>", "_dash-layout", "_dash-dependencies", "_reload-hash")
_READ = (
    *(f"{page}/{part}" for page in ("", "/alerts", "/reports", "/jobs") for part in _PAGE),
    "/_dash-update-component",  # what changes something asks for its right where it is done
    "/alerts/_dash-update-component",
    "/reports/_dash-update-component",
    "/jobs/_dash-update-component",
    "/alerts",
    "/reports",
    "/job/<path:job>",
    "/reports/files/<delivery_id>",
    "/export/job-spends.<ending>",
    "/export/ready/<token>",
    "/healthz/warehouse",
    "/api/docs",
    "/api/openapi.json",
    "/api/alerts",
    "/api/alerts/config",  # writing asks for more, where it is done
    "/api/alerts/incidents/<incident_id>",
    "/api/export/pdf",
    "/api/filters/presets",
    "/api/job-spends",
    "/api/job-spends/changes",
    "/api/job-spends/forecast",
    "/api/job-spends/summary",
    "/api/job-spends/top",
    "/api/job-spends/trend",
    "/api/job/<job_id>/breakdown",
    "/api/reports/deliveries",
    "/api/reports/schedule",
    "/api/summary",
)

NEEDED: Mapping[str, Deed] = {
    **dict.fromkeys(_READ, Deed.READ),
    "/account": Deed.READ,
    "/account/tokens": Deed.READ,
    "/account/tokens/revoke": Deed.READ,
    "/check": Deed.ADMINISTER,
    "/admin": Deed.ADMINISTER,
    "/admin/audit.jsonl": Deed.ADMINISTER,
    IMPORT: Deed.ADMINISTER,
    IMPORT_FILE: Deed.ADMINISTER,
    "/import/now": Deed.ADMINISTER,
    "/import/confirm": Deed.ADMINISTER,
    "/import/cancel": Deed.ADMINISTER,
    "/import/demo": Deed.ADMINISTER,
}


def needed(rule: str | None) -> Deed | None:
    """What an address needs; None: nothing. One that is forgotten here is for admins.

    `rule` is the address as Flask writes it; None: there is none like it.
    """
    if rule is None:
        return Deed.READ  # a stranger does not learn which addresses there are
    return None if rule in OPEN else NEEDED.get(rule, Deed.ADMINISTER)
