"""The two buttons that say yes and no."""

from markupsafe import Markup

from dbspend360.models.upload import Upload
from dbspend360.signin.plain import form

_HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')
_BUTTON = Markup('<button class="button{}">{}</button>')


def cancel_form(words: str, *, is_main: bool = False) -> Markup:
    """Goes back to the beginning."""
    return form("/import/cancel", _button(words, is_main=is_main))


def confirm_form(upload: Upload, words: str, *, is_main: bool = False) -> Markup:
    """Loads the file that was checked, and without its bad records where it has some."""
    hidden = _HIDDEN.format("id", upload.id)
    if upload.found and upload.found.rejected:
        hidden += _HIDDEN.format("skip_bad", "yes")
    return form("/import/confirm", hidden + _button(words, is_main=is_main))


def _button(words: str, *, is_main: bool) -> Markup:
    return _BUTTON.format(" button--main" if is_main else "", words)
