"""Our lines in the log."""

import logging


def write_log(level: str) -> None:
    """Our own lines go to standard error, unless whoever embeds us has other plans."""
    ours = logging.getLogger("dbspend360")
    ours.setLevel(level)
    if not ours.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        ours.addHandler(handler)
