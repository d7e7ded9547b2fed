"""The settings as a command reads them: what cannot work is a sentence."""

from pydantic import ValidationError

from dbspend360.celery_app import make_celery
from dbspend360.errors import DBSpendError
from dbspend360.services.mail_policy import mail_policy
from dbspend360.services.mailer import make_mailer
from dbspend360.settings import Settings, variables
from dbspend360.store.places import make_store
from dbspend360.warehouse.memory_places import BadCacheUrl, make_memory


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        DBSpendError: naming each variable that cannot work.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = [
            f"{_variable(str(fault['loc'][0]))} is {str(fault['input'])!r}: {fault['msg']}."
            for fault in error.errors()
        ]
        raise DBSpendError(" ".join(faults)) from error


def _variable(place: str) -> str:
    """The environment variable of a field; pydantic names some by the variable itself."""
    return variables(place)[0] if place in Settings.model_fields else place


def require_cache(settings: Settings) -> None:
    """Refuse a place for answers that cannot be."""
    try:
        make_memory(settings)
    except BadCacheUrl as error:
        raise DBSpendError(f"{error}.") from error


def require_services(settings: Settings) -> None:
    """Refuse a mail server, a store or a Redis that cannot be: not with the first alert or report.

    Raises:
        BadSettings: the sentence names the variable.
    """
    make_mailer(settings)
    mail_policy(settings)
    make_store(settings.state_url, settings.data_dir)
    if settings.celery_url.get_secret_value():
        make_celery(settings)
