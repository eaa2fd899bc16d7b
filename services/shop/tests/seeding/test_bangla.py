"""Values of specifications in Bangla."""

import pytest

from seeding.bangla import Translator


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("55 inch", "৫৫ ইঞ্চি"),
        ("1.5 ton", "1.5 ton"),
        ("i5-1335U", "i5-1335U"),
        ("RTX 3050 6 GB", "RTX 3050 ৬ জিবি"),
        ("8/256 GB", "৮/২৫৬ জিবি"),
        ("No frost", "নো ফ্রস্ট"),
        ("No", "নেই"),
        ("Nothing", "Nothing"),
    ],
)
def test_values_read_well_in_bangla(value: str, expected: str) -> None:
    """Units and words are translated, names of technologies and their numbers stay."""
    translate = Translator({"inch": "ইঞ্চি", "GB": "জিবি", "No": "নেই", "No frost": "নো ফ্রস্ট"})

    assert translate(value) == expected
