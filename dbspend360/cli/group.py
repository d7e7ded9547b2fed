"""The command that all others belong to."""

from typing import Any

import click

from dbspend360.errors import DBSpendError


def examples(*lines: str) -> str:
    """An epilog, one command a line."""
    return "\b\n" + "\n".join(lines)  # the mark keeps click from filling them up


class SentenceGroup(click.Group):
    """Commands whose failures are sentences: exit code 1, and no traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command."""
        try:
            return super().invoke(ctx)
        except DBSpendError as error:
            raise click.ClickException(str(error)) from error


@click.group(
    cls=SentenceGroup,
    epilog=examples(
        "dbspend360 serve           look at demo data, no account needed",
        "dbspend360 import FILE...  put your own records in its place",
        "dbspend360 check           is everything in order?",
    ),
)
@click.version_option(package_name="dbspend360")
def main() -> None:
    """See what each Databricks job run costs: EC2 and Databricks together, to the cent.

    Settings are environment variables, such as DBSPEND360_DATA_DIR.
    """
