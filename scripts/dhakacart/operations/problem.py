"""The one exception that people are meant to see."""


class ProblemError(Exception):
    """A failure with a sentence for people: what is wrong, and the way out. Printed in one line, without a traceback."""

    def __init__(self, message: str, *, hint: str = "", exit_status: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_status = exit_status
