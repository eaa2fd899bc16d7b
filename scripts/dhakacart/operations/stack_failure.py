"""A start of containers that failed, told in one line with its last words."""

from collections.abc import Sequence


class StackFailure(Exception):
    """name: the service or image; hint: the way out; lines: the end of its output."""

    def __init__(self, name: str, text: str, *, hint: str = "", lines: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.name = name
        self.text = text
        self.hint = hint
        self.lines = list(lines)
