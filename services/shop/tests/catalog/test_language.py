"""One normal form for what is searched and what is asked."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.language import folded, indexed, spellings, words

LETTERS_IN_TWO_FORMS = ["য়", "ড়", "ঢ়", "কো", "কৌ"]


@pytest.mark.parametrize("word", [f"ব{letter}ক" for letter in LETTERS_IN_TWO_FORMS])
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_composed_and_decomposed_are_one_word(word: str, form: str) -> None:
    """য় as one code point and as two, ো as one and as two: the same word."""
    assert words(unicodedata.normalize(form, word)) == words(word)


def test_the_two_forms_of_ya_differ_before_and_not_after() -> None:
    """The premise: the code points do differ."""
    composed, decomposed = "\u09df", "\u09af\u09bc"

    assert composed != decomposed
    assert words(composed) == words(decomposed)


def test_joiners_are_nothing() -> None:
    """ZWJ and ZWNJ, which keyboards put into conjuncts, change no word."""
    assert words("ক্\u200cয\u200dামেরা") == words("ক্যামেরা") == ["ক্যামেরা"]


def test_case_accents_width_and_digits_are_one() -> None:
    """Capitals, accents on Latin letters, full-width forms and Bangla digits are normalised."""
    assert words("CAFÉ Ｇａｌａｘｙ ৫৫") == ["cafe", "galaxy", "55"]


def test_decimals_stay_whole_and_codes_fall_apart() -> None:
    """1.5 is one word; the hyphen of a model number parts it, on both sides alike."""
    assert words("1.5 ton WH-1000XM5") == ["1.5", "ton", "wh", "1000xm5"]


def test_a_number_with_its_unit_is_indexed_in_halves_too() -> None:
    """ "256GB" is found by "256 gb"."""
    assert indexed("256GB") == "256gb 256 gb"


@given(text=st.text(max_size=60))
def test_words_hold_nothing_that_a_tsquery_would_read(text: str) -> None:
    """No quote, backslash, operator, space or NUL ever gets through."""
    assert not set("".join(words(text))) & set("'\"\\&|!():*<>%_ \x00")


@given(text=st.text(max_size=60))
def test_normal_form_is_a_fixed_point(text: str) -> None:
    """Normalising twice is normalising once, so stored text and question meet."""
    assert words(" ".join(words(text))) == words(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ল্যাপটপ", "লাপটপ"), ("টেলিভিশন", "টেলিভিসন"), ("স্পীকার", "স্পিকার"), ("বড়", "বড")],
)
def test_spellings_that_are_mixed_up_fold_together(one: str, other: str) -> None:
    """What Bangla writers confuse is equal for the forgiving search."""
    assert words(one) != words(other)
    assert folded(one) == folded(other)


def test_bangla_endings_come_off() -> None:
    """ "Of the mobile" is read as "mobile" too."""
    assert ["মোবাইল"] in spellings("মোবাইলের")
    assert ["ফোন"] in spellings("ফোনগুলো")
    assert spellings("টির") == [["টির"]]
