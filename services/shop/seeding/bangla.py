"""Values of specifications in Bangla: units and common words are translated, names of technologies stay."""

import re
from collections.abc import Mapping

DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
_NUMBER_BEFORE_BANGLA = re.compile(r"(?<![\w.-])[\d.,/]*\d(?= [\u0980-\u09ff])")


class Translator:
    """Translates short values by a table of phrases; the longest phrase that fits is taken."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self._phrases = phrases
        ordered = sorted(phrases, key=len, reverse=True)
        self._pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, ordered)) + r")(?![\w-])")

    def __call__(self, value: str) -> str:
        """ "55 inch" gives "৫৫ ইঞ্চি"; numbers that stand before no Bangla word are part of a name, and stay."""
        translated = self._pattern.sub(lambda match: self._phrases[match[1]], value)
        return _NUMBER_BEFORE_BANGLA.sub(lambda match: match[0].translate(DIGITS), translated)
