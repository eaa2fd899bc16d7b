"""Mobile numbers, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.phone import normalise_mobile


@pytest.mark.parametrize(
    "written",
    [
        "01712345678",
        "+8801712345678",
        "8801712345678",
        "008801712345678",
        "01712-345678",
        "+880 1712 345 678",
        "(+880) 1712-345678",
        "০১৭১২৩৪৫৬৭৮",
        "+৮৮০ ১৭১২-৩৪৫৬৭৮",
        " 01712 345678\t",
        "\u200e01712345678",
    ],
)
def test_a_number_is_one_number_however_it_is_written(written):
    """Prefixes, separators and Bangla digits all come to the same E.164."""
    assert normalise_mobile(written) == "+8801712345678"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "01212345678",
        "0171234567",
        "017123456789",
        "+9101712345678",
        "1712345678",
        "0171234567x",
        "01712345678" * 9,
        "٠١٧١٢٣٤٥٦٧٨",
    ],
)
def test_what_is_no_mobile_number_of_bangladesh_is_refused(written):
    """Landlines, foreign numbers, wrong lengths, other scripts."""
    with pytest.raises(ValueError, match="mobile"):
        normalise_mobile(written)


@given(st.text(max_size=60))
def test_any_text_is_refused_or_normalised(written):
    """Nothing else ever comes out, whatever goes in."""
    try:
        number = normalise_mobile(written)
    except ValueError:
        return
    assert number.startswith("+8801")
    assert len(number) == 14
    assert number[1:].isascii()
    assert number[1:].isdigit()
