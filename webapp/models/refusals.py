"""What a verb raises when it does nothing: one family, each with the code of the sentence that says why."""


class Refused(Exception):
    """Nothing was changed; `code` says why, and templates have the sentence of each code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class FieldRefused(Refused):
    """The same, because of what was typed in `field`."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field = field
