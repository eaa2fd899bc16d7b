"""One normal form of Bangla and English, for what is searched and for what is asked.

Python does it for both sides, so that the database never sees two spellings of one word.
"""

import re
import unicodedata

# Letters that Bangla writers mix up, and signs that they leave out: only for the search that forgives typos.
# The virama and the nukta are no letters to pg_trgm, which would cut words there.
_FOLDED = str.maketrans(
    {
        "\u09cd": None,  # virama
        "\u09bc": None,  # nukta
        "\u0981": None,  # chandrabindu
        "ঈ": "ই",
        "ী": "ি",
        "ঊ": "উ",
        "ূ": "ু",
        "ণ": "ন",
        "ষ": "শ",
        "স": "শ",
        "য": "জ",
        "ঙ": "\u0982",  # nga to anusvara
        "ৎ": "ত",
    }
)
# The vowel of "ল্যাপটপ", which is also written "ল্যপটপ", "লাপটপ".
_YA_PHALA = re.compile("\u09cdযা?")
_LATIN_ACCENTS = re.compile("[\u0300-\u036f]")
# A decimal number, or a run of letters, digits and Bangla's signs (which are no \w to Python).
_WORD = re.compile(r"\d+\.\d+|(?:[^\W_]|[\u0981-\u0983\u09bc-\u09cd\u09d7\u09e2\u09e3])+")
_NUMBER_WITH_UNIT = re.compile(r"(\d+)([^\W\d_]{1,4})")
_BANGLA = re.compile("[\u0980-\u09ff]")
# Case and number endings: "মোবাইলের", "ফোনগুলো". The longest that fits is taken off.
_BANGLA_ENDINGS = ("গুলোর", "গুলির", "গুলো", "গুলি", "সমূহ", "টির", "টার", "ের", "টি", "টা", "র")
_SHORTEST_STEM = 3


def words(text: str) -> list[str]:
    """The words of a text in normal form.

    NFKC, case folded, without accents on Latin letters, without zero-width joiners, with ASCII digits. Bangla's
    two-part letters (য় ড় ঢ়) come out decomposed, as NFC has them.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _LATIN_ACCENTS.sub("", unicodedata.normalize("NFD", text))
    text = unicodedata.normalize("NFKC", text)
    text = "".join(
        str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c
        for c in text
        if unicodedata.category(c) != "Cf"
    )
    return _WORD.findall(text)


def indexed(text: str) -> str:
    """What the full-text index is given: the words, and the two halves of "256gb"."""
    found = words(text)
    halves = [
        half for word in found if (match := _NUMBER_WITH_UNIT.fullmatch(word)) for half in match.groups()
    ]
    return " ".join(found + halves)


def folded(text: str) -> str:
    """The words as trigrams compare them: what Bangla spelling confuses is made equal."""
    return _YA_PHALA.sub("া", " ".join(words(text))).translate(_FOLDED)


def spellings(word: str) -> list[list[str]]:
    """Ways to read a word of a question, in normal form: any of them, each a list of words that must all be there."""
    ways = [[word]]
    if match := _NUMBER_WITH_UNIT.fullmatch(word):
        ways.append(list(match.groups()))
    if _BANGLA.search(word):
        for ending in _BANGLA_ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                ways.append([word.removesuffix(ending)])
                break
    return ways
