"""Search in Bangla and English: PostgreSQL full text for what is spelt right, trigrams for what is not.

A product is found when each word of the question is in it: as a stem (English), as a beginning, or, when no product
at all has the word so, as something that looks alike. Both columns of the index are written here and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import StringAgg
from django.db import connection
from django.db.models import BigIntegerField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat

from catalog.language import folded, indexed, spellings, words
from catalog.models import Product

MAXIMUM_WORDS = 8
MAXIMUM_WORD_CHARACTERS = 40
SHORTEST_PREFIX_CHARACTERS = 2
SHORTEST_FORGIVEN_CHARACTERS = 4

# Said by nearly everybody, and of nothing in particular. Dropped, unless nothing else was asked.
_NOISE_WORDS = frozenset(
    words(
        "a an the for of in on with and or to at by from is best buy price prices online bd bangladesh dhaka shop "
        "দাম মূল্য কত সেরা ভালো ভাল কিনতে কিনুন চাই বাংলাদেশ বাংলাদেশে এর ও এবং জন্য"
    )
)

_INDEX = """
UPDATE catalog_product AS product
SET search_text = document.folded,
    search_vector =
        setweight(to_tsvector('english', document.name_en), 'A')
        || setweight(to_tsvector('simple', document.name_en), 'A')
        || setweight(to_tsvector('simple', document.name_bn), 'A')
        || setweight(to_tsvector('english', document.kind_en), 'B')
        || setweight(to_tsvector('simple', document.kind_en), 'B')
        || setweight(to_tsvector('simple', document.kind_bn), 'B')
        || setweight(to_tsvector('english', document.description_en), 'C')
        || setweight(to_tsvector('simple', document.description_bn), 'C')
        || setweight(to_tsvector('simple', document.variants), 'D')
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
            %s::text[])
    AS document(id, folded, name_en, name_bn, kind_en, kind_bn, description_en, description_bn, variants)
WHERE product.id = document.id
"""

# One word's products. The trigram arm runs only when the full-text arm finds nothing: "sony" stays exact.
_MATCHES = """
SELECT id FROM catalog_product WHERE search_vector @@ ({query})
UNION ALL
SELECT alike FROM catalog_products_alike(%s) AS alike
WHERE NOT EXISTS (SELECT FROM catalog_product WHERE search_vector @@ ({query}))
"""
_EXACT_MATCHES = "SELECT id FROM catalog_product WHERE search_vector @@ ({query})"

# Hundredths of relevance first, the shop's own order second, in one integer that a cursor can hold.
_SCORE = """
(100 * (ts_rank('{{0.1, 0.1, 0.8, 1.0}}', catalog_product.search_vector, {query})
        + word_similarity(%s, catalog_product.search_text)))::bigint * 1000000
- LEAST(catalog_product.featured_rank, 999999)
"""


_VARIANT_TEXTS = StringAgg(
    Concat("variants__name_en", Value(" "), "variants__name_bn", Value(" "), "variants__sku"),
    delimiter=" ",
    default=Value(""),
)


def index_products(product_ids: Iterable[int]) -> None:
    """Write the search columns of products from all their texts, the variants' too; two queries."""
    rows = list(
        Product.objects.filter(id__in=set(product_ids))
        .annotate(variant_texts=_VARIANT_TEXTS)
        .values_list(
            "id",
            "name_en",
            "name_bn",
            "category__name_en",
            "category__name_bn",
            "brand__name",
            "description_en",
            "description_bn",
            "variant_texts",
        )
    )
    if not rows:
        return
    documents = [
        (
            product_id,
            folded(f"{name_en} {name_bn} {brand} {category_en} {category_bn}"),
            indexed(name_en),
            indexed(name_bn),
            indexed(f"{brand} {category_en}"),
            indexed(category_bn),
            indexed(description_en),
            indexed(description_bn),
            indexed(variant_texts),
        )
        for (
            product_id,
            name_en,
            name_bn,
            category_en,
            category_bn,
            brand,
            description_en,
            description_bn,
            variant_texts,
        ) in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, [list(column) for column in zip(*documents, strict=True)])


@dataclass(frozen=True)
class Question:
    """What a shopper typed, read."""

    words: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it to look for, as in "%%%"."""
        return not self.words

    def matches(self) -> list[RawSQL]:
        """For each word, a subquery of the ids of the products that have it."""
        subqueries = []
        for word in self.words:
            query, parameters = _tsquery(word)
            if len(word) >= SHORTEST_FORGIVEN_CHARACTERS:
                sql = _MATCHES.format(query=query)
                subqueries.append(RawSQL(sql, (*parameters, folded(word), *parameters)))  # noqa: S611 - constants and parameters
            else:
                subqueries.append(RawSQL(_EXACT_MATCHES.format(query=query), parameters))  # noqa: S611 - as above
        return subqueries

    def score(self) -> RawSQL:
        """How well a product answers: an integer, higher is better, the same in every query."""
        queries = [_tsquery(word) for word in self.words]
        sql = _SCORE.format(query=" || ".join(query for query, _ in queries))
        parameters = [parameter for _, some in queries for parameter in some]
        return RawSQL(sql, (*parameters, folded(" ".join(self.words))), output_field=BigIntegerField())  # noqa: S611 - as above


def read_question(text: str) -> Question:
    """The words to look for; anything that is no word (operators, emoji, control characters) falls away."""
    found = list(dict.fromkeys(word[:MAXIMUM_WORD_CHARACTERS] for word in words(text)))
    telling = [word for word in found if word not in _NOISE_WORDS]
    return Question(tuple((telling or found)[:MAXIMUM_WORDS]))


def _tsquery(word: str) -> tuple[str, tuple[str, ...]]:
    """SQL and parameters of a word's tsquery. Words hold no quotes and no operators: language.words saw to it."""
    ways = " | ".join(
        "("
        + " & ".join(f"'{part}'{':*' if len(part) >= SHORTEST_PREFIX_CHARACTERS else ''}" for part in way)
        + ")"
        for way in spellings(word)
    )
    return "(plainto_tsquery('english', %s) || to_tsquery('simple', %s))", (word, ways)
