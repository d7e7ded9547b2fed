"""`/reports/files/…`: the files of mailed reports, as long as they are kept."""

from flask import Flask, Response, send_file

from dbspend360.errors import DBSpendError
from dbspend360.services.current_user import current_user
from dbspend360.services.report_desk import ReportDesk


def register(server: Flask, desk: ReportDesk) -> None:
    """Add the route."""

    @server.get("/reports/files/<delivery_id>")
    def report_file(delivery_id: str) -> Response:
        try:
            file = desk.file(current_user(), delivery_id)
            found = send_file(
                file.path, mimetype=file.media, as_attachment=True, download_name=file.name
            )
        except DBSpendError as error:
            return Response(f"{error}\n", error.status, mimetype="text/plain")
        except OSError:  # removed a moment ago
            return Response("This file is not kept any more.\n", 404, mimetype="text/plain")
        found.headers["X-Content-Type-Options"] = "nosniff"
        found.headers["Cache-Control"] = "private, no-store"
        return found
