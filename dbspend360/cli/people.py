"""`dbspend360 user …`: who may sign in with a name and a password."""

import sys

import click

from dbspend360.cli.group import SentenceGroup, examples
from dbspend360.cli.settings import read_settings
from dbspend360.models.person import Role
from dbspend360.services.adopting import adopt
from dbspend360.services.operator import operating
from dbspend360.services.people import SHORTEST_PASSWORD, BadPeople, People, people_file
from dbspend360.services.user_settings import settings_store
from dbspend360.theme import plural
from dbspend360.warehouse.source import make_source

_ROLE = click.Choice([each.value for each in Role])
_BY_PIPE = click.option(
    "--password-stdin", "by_pipe", is_flag=True, help="Read the password from standard input."
)


@click.group(
    cls=SentenceGroup,
    epilog=examples("dbspend360 user add dana@example.com --role admin", "dbspend360 user list"),
)
def user() -> None:
    """Keep the names and passwords that DBSPEND360_AUTH=basic asks for."""


@user.command()
@click.argument("name")
@click.option("--role", type=_ROLE, default=Role.VIEWER.value, show_default=True)
@_BY_PIPE
def add(name: str, role: str, by_pipe: bool) -> None:
    """Let somebody sign in."""
    settings, secret = read_settings(), _password(by_pipe)
    with operating(settings, "user.add", name=name, role=role):
        found = People(people_file(settings)).add(name, Role(role), secret)
    click.echo(f"{found.id} may sign in as {found.role}.")


@user.command("list")
def list_() -> None:
    """Say who may sign in."""
    found = People(people_file(read_settings())).all()
    for each in found:
        click.echo(f"{each.role:<7} {each.id}")
    if not found:
        click.echo("Nobody yet: dbspend360 user add NAME --role admin")


@user.command()
@click.argument("name")
@click.argument("role", type=_ROLE)
def role(name: str, role: str) -> None:
    """Give somebody another role; it counts at once."""
    settings = read_settings()
    with operating(settings, "user.role", name=name, role=role):
        People(people_file(settings)).set_role(name, Role(role))
    click.echo(f"{name} is {role} now.")


@user.command()
@click.argument("name")
@_BY_PIPE
def password(name: str, by_pipe: bool) -> None:
    """Give somebody another password; where they are signed in ends."""
    settings, secret = read_settings(), _password(by_pipe)
    with operating(settings, "user.password", name=name):
        People(people_file(settings)).set_password(name, secret)
    click.echo(f"{name} has a new password.")


@user.command()
@click.argument("name")
def remove(name: str) -> None:
    """Let somebody sign in no more; what they have set stays."""
    settings = read_settings()
    with operating(settings, "user.remove", name=name):
        People(people_file(settings)).remove(name)
    click.echo(f"{name} cannot sign in any more.")


@user.command("adopt")
@click.argument("name")
def adopt_(name: str) -> None:
    """Give somebody what was set before there was a sign-in.

    Alert rules, incidents, schedules, saved views and what was sent; nothing of theirs is
    replaced. Stop servers and schedulers before.
    """
    settings = read_settings()
    with operating(settings, "user.adopt", name=name):
        moved, left = adopt(settings_store(settings, make_source(settings)), name)
    click.echo(f"{name} has {plural(moved, 'setting')} now that were everybody's.")
    if left:
        click.echo(f"{plural(left, 'setting')} stayed, since {name} has their own.")


def _password(by_pipe: bool) -> str:
    if by_pipe:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadPeople("There is no terminal to ask for the password: use --password-stdin.")
    hint = f"Password ({SHORTEST_PASSWORD} letters or more)"
    return str(click.prompt(hint, hide_input=True, confirmation_prompt="Once more"))
