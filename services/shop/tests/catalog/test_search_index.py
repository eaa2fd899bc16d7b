"""The indexes are made for the queries, and PostgreSQL can use them."""

import pytest
from django.db import connection, transaction

from catalog.search import read_question
from catalog.selectors import Selection, _selected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("assortment")]


def plan(sql: str, parameters: tuple[object, ...]) -> str:
    """PostgreSQL's plan where it may not just read the whole (small) table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(row[0] for row in cursor.fetchall())


def test_words_are_found_through_the_full_text_index() -> None:
    """The list's own query goes through the GIN index of the vector."""
    selected = _selected(Selection(q="samsung মোবাইল"), read_question("samsung মোবাইল"))

    explained = plan(*selected.query.sql_with_params())

    assert explained.count("Bitmap Index Scan on product_search_vector") >= 2


def test_typos_are_found_through_the_trigram_index() -> None:
    """The body of the function that forgives typos goes through the trigram index, for Bangla and for English."""
    for word in ("samsng", "লাপটপ"):
        explained = plan(
            "SELECT id FROM catalog_product WHERE %s <% search_text".replace("<%", "<%%"), (word,)
        )

        assert "Bitmap Index Scan on product_search_trigram" in explained


def test_the_function_looks_like_what_was_explained() -> None:
    """The test above speaks of the very statement that runs, under the threshold that was chosen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc, proconfig FROM pg_proc WHERE proname = 'catalog_products_alike'")
        source, settings = cursor.fetchone()

    assert source.strip() == "SELECT id FROM catalog_product WHERE word <% search_text"
    assert settings == ["pg_trgm.word_similarity_threshold=0.45"]


def test_exact_words_do_not_ask_the_trigrams() -> None:
    """Where a word is spelt right, the forgiving arm is not executed at all."""
    selected = _selected(Selection(q="samsung"), read_question("samsung"))
    sql, parameters = selected.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", parameters)
        explained = "\n".join(row[0] for row in cursor.fetchall())

    arm = next(line for line in explained.splitlines() if "catalog_products_alike" in line)
    assert "never executed" in arm
