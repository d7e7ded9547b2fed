"""The texts in front of the table: the templates, filled and laid out by xhtml2pdf."""

from itertools import starmap
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from reportlab.platypus import Flowable
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.context import pisaContext
from xhtml2pdf.document import pisaStory

from dbspend360.services.pdf import fonts, style
from dbspend360.services.pdf.typesetting import cut, fold, is_right_to_left, readable
from dbspend360.services.pdf.words import Head

# No file, no address, whatever the text says: there is no folder to read from.
_POLICY = ResourceAccessPolicy.server(None, allow_remote=False)


def top_story(head: Head) -> list[Flowable]:
    """Title, period, basis and cards."""
    return _story("head.html", head)


def alerts_story(head: Head) -> list[Flowable]:
    """The dearest alerts."""
    return _story("alerts.html", head)


def rows_story(head: Head) -> list[Flowable]:
    """What stands above the table."""
    return _story("rows.html", head)


def _story(template: str, head: Head) -> list[Flowable]:
    html = _templates().get_template(template).render(head=head, style=style)
    context = pisaContext("")
    for each in fonts.FAMILIES:
        context.registerFont(each)
    story: list[Flowable] = pisaStory(html, context=context, resource_policy=_POLICY).story
    return story


def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("dbspend360.services.pdf", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=in_its_fonts,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"cut": _cut, "fold": _fold}
    return found


def in_its_fonts(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """A text, with the font of what the base font has not; never markup of its own."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = readable(value)
    pieces = Markup("").join(starmap(_piece, fonts.in_fonts(text, fonts.REGULAR)))
    # In its own direction, whatever stands before and behind it.
    return Markup("\u2068{}\u2069").format(pieces) if is_right_to_left(text) else pieces


def _piece(name: str, text: str) -> Markup:
    if name == fonts.REGULAR:  # as what it stands in, which may be bold
        return Markup("{}").format(text)
    return Markup('<span style="font-family: {}">{}</span>').format(name, text)


def _cut(text: str, width: float, size: float) -> str:
    return cut(text, width, size)


def _fold(text: str, width: float, size: float, most: int, bold: bool = False) -> list[str]:
    return fold(text, width, size, bold=bold, most=most)
