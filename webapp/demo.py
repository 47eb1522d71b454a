"""The demo organisation."""


def run() -> None:
    """Fill the database."""
    raise NotImplementedError
