"""Search over the seeded assortment, in Bangla, in English and in both at once."""

import unicodedata
from typing import Any

import pytest
from django.test import Client

from catalog.models import Product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("assortment")]


def found(api: Client, question: str, **more: Any) -> list[dict[str, Any]]:
    """All pages of a search, in order."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        parameters = {"q": question, "limit": 60, **more, **({"cursor": cursor} if cursor else {})}
        response = api.get("/api/v1/catalog/products", parameters)
        assert response.status_code == 200, response.content
        page = response.json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def names(items: list[dict[str, Any]]) -> list[str]:
    return [item["name"]["en"] for item in items]


@pytest.mark.parametrize(
    ("question", "category"),
    [
        ("মোবাইল", "mobile-phones"),
        ("মোবাইলের দাম কত", "mobile-phones"),
        ("ল্যাপটপ", "laptops"),
        ("ল্যাপ", "laptops"),
        ("ল্যপটপ", "laptops"),
        ("ফ্রিজ", "refrigerators"),
        ("টেলিভিসন", "televisions"),
        ("এসি", "air-conditioners"),
        ("ওয়াশিং মেশিন", "washing-machines"),
        ("ক্যামেরা", "cameras"),
        ("laptop", "laptops"),
        ("laptops", "laptops"),
        ("lapto", "laptops"),
        ("refrigertor", "refrigerators"),
        ("best smartphone price in bangladesh", "mobile-phones"),
    ],
)
def test_the_first_screen_shows_what_was_asked(api: Client, question: str, category: str) -> None:
    """In either language, whole, partial, inflected or misspelt: the first eight are of the right category."""
    items = found(api, question)

    assert len(items) >= 8
    assert {item["category_slug"] for item in items[:8]} == {category}


@pytest.mark.parametrize("question", ["samsng", "Samsung", "স্যামসাং", "স্যামসং", "সামসাং", "ＳＡＭＳＵＮＧ"])
def test_a_brand_is_found_however_it_is_spelt(api: Client, question: str) -> None:
    """All Samsung products and no others, by name, by typo, in Bangla and in full-width letters."""
    expected = Product.objects.filter(brand__slug="samsung").count()

    items = found(api, question)

    assert {item["brand"]["slug"] for item in items} == {"samsung"}
    assert len(items) == expected


def test_two_languages_in_one_question(api: Client) -> None:
    """Each word must be in the product, whatever its language: Samsung's phones and nothing else."""
    items = found(api, "samsung মোবাইল")

    assert items
    assert {(item["brand"]["slug"], item["category_slug"]) for item in items} == {
        ("samsung", "mobile-phones")
    }


def test_a_typo_beside_a_right_word(api: Client) -> None:
    """One misspelt word does not loosen the other."""
    assert found(api, "samsng মোবাইল") == found(api, "samsung মোবাইল")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_unicode_forms_find_the_same(api: Client, form: str) -> None:
    """ওয়ালটন with য় composed or not, with joiners or not: one answer."""
    expected = found(api, "ওয়ালটন ফ্রিজ")

    assert expected
    assert found(api, unicodedata.normalize(form, "ওয়ালটন ফ্রিজ")) == expected
    assert found(api, "ও\u09dfালটন ফ্\u200cরিজ\u200d") == expected
    assert found(api, "ও\u09af\u09bcালটন ফ্রিজ") == expected


def test_sizes_in_both_scripts_and_with_or_without_space(api: Client) -> None:
    """ "৫৫ ইঞ্চি টিভি", "55 inch tv" and "55inch tv" mean the same televisions."""
    expected = set(names(found(api, "55 inch tv")))

    assert len(expected) >= 5
    assert all("55 inch" in name for name in expected)
    assert set(names(found(api, "৫৫ ইঞ্চি টিভি"))) == expected
    assert set(names(found(api, "55inch tv"))) == expected


def test_a_model_number_finds_its_product_first(api: Client) -> None:
    """Exact model names lead, with or without the hyphen."""
    assert names(found(api, "WH-1000XM5"))[0] == "Sony WH-1000XM5 Headphones"
    assert names(found(api, "galaxy s25 ultra"))[0] == "Samsung Galaxy S25 Ultra Smartphone"


def test_a_sku_finds_its_product(api: Client) -> None:
    """Support can paste what stands on the invoice."""
    product = Product.objects.prefetch_related("variants").order_by("id")[40]
    sku = product.variants.all()[0].sku

    assert product.name_en in names(found(api, sku))


def test_the_name_outweighs_the_description(api: Client) -> None:
    """ "watch" shows watches before goods whose texts only speak of watching."""
    assert {item["category_slug"] for item in found(api, "watch")[:12]} == {"smart-watches"}


def test_search_narrows_with_filters_and_sorts(api: Client) -> None:
    """A search can be filtered and sorted by price like any list."""
    items = found(api, "ফ্রিজ", brand="walton", sort="price_asc")

    prices = [item["price_poisha"] for item in items]
    assert prices == sorted(prices)
    assert {item["brand"]["slug"] for item in items} == {"walton"}


@pytest.mark.parametrize("limit", [3, 7])
def test_relevance_pages_show_each_product_once(api: Client, limit: int) -> None:
    """Small pages, put together, are the one big page: nothing twice, nothing lost, in the same order."""
    whole = found(api, "ক্যামেরা")

    assert len(whole) > 20
    assert found(api, "ক্যামেরা", limit=limit) == whole


def test_filters_count_what_the_search_finds(api: Client) -> None:
    """The filters' total is the length of the list, and their brands are its brands."""
    items = found(api, "ল্যাপটপ")

    filters = api.get("/api/v1/catalog/filters", {"q": "ল্যাপটপ"}).json()

    assert filters["total"] == len(items)
    assert {brand["slug"] for brand in filters["brands"]} == {item["brand"]["slug"] for item in items}
    assert filters["min_price_poisha"] == min(item["price_poisha"] for item in items)


@pytest.mark.parametrize("question", ["xyzzyqqq", "%", "_", "\\", "🎉🎉", "' | & ! :* <->", "--", "\u200d"])
def test_nothing_is_found_by_what_is_no_word(api: Client, question: str) -> None:
    """Operators, wildcards and emoji mean nothing, and so find nothing."""
    assert found(api, question) == []
    assert api.get("/api/v1/catalog/filters", {"q": question}).json()["total"] == 0


@pytest.mark.parametrize("question", ["", "   ", "\t"])
def test_an_empty_question_is_none(api: Client, question: str) -> None:
    """No question: the list as it is."""
    assert len(found(api, question)) == Product.objects.count()


@pytest.mark.parametrize(
    "question",
    [
        "'; DROP TABLE catalog_product; --",
        "foo:* & (bar | !baz)",
        "samsung:*",
        "\\'",
        "''''",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z",
        "%_%_%",
        "ŉ ʼn ½ ﬁ",
        "नमस्ते 你好 مرحبا",
        "১" * 200,
        "্" * 50,
        "e" + "\u0301" * 150,
        "1e400 0x10 1.2.3.4 a@b.c http://x/y",
    ],
)
def test_hostile_questions_are_only_questions(api: Client, question: str) -> None:
    """Whatever is typed is looked for, never executed, never a fault."""
    found(api, question)

    assert Product.objects.count() > 300


@pytest.mark.parametrize("question", ["a\x00b", "x" * 10_000, "\x1b[31m"])
@pytest.mark.parametrize("path", ["products", "filters"])
def test_impossible_questions_are_refused(api: Client, question: str, path: str) -> None:
    """NUL, control characters and 10,000 letters get a problem document."""
    response = api.get(f"/api/v1/catalog/{path}", {"q": question})

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"


def test_bytes_that_are_no_text_are_harmless(api: Client) -> None:
    """A question in another encoding than UTF-8 is no fault."""
    assert api.get("/api/v1/catalog/products?q=%ff%fe%80").status_code in {200, 422}
