"""Who is asking."""


def current_user() -> str:
    """The id under which settings are kept. Until there is a sign-in, all are the same one: ''."""
    return ""
