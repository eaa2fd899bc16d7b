"""The catalogue over HTTP: reads only, the same for everybody, so any cache may keep them for a while."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from catalog import selectors
from catalog.cursor import Sort
from catalog.schemas import Category, FilterQuery, Filters, Product, ProductPage, ProductQuery, Slug
from catalog.selectors import Selection
from ops.api import with_etag
from ops.errors import NotFound
from ops.ratelimit import RATES, check
from ops.schemas import Problem

CATEGORIES_MAX_AGE_SECONDS = 300
LIST_MAX_AGE_SECONDS = 15
PRODUCT_MAX_AGE_SECONDS = 15

router = Router()


def _answer(request: HttpRequest, answer: Any, *, max_age_seconds: int) -> HttpResponse:
    """The selectors' answers have the schemas' shapes already (the tests hold it): no second pass over each field."""
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return with_etag(
        request, HttpResponse(body, content_type="application/json"), max_age_seconds=max_age_seconds
    )


def _limit_search(request: HttpRequest, question: str | None) -> None:
    if question:
        check(request, group="search", rate=RATES.SEARCH)


@router.get("/categories", response={200: list[Category], 304: None}, summary="All categories")
def list_categories(request: HttpRequest) -> HttpResponse:
    return _answer(request, selectors.categories(), max_age_seconds=CATEGORIES_MAX_AGE_SECONDS)


@router.get(
    "/products",
    response={200: ProductPage, 304: None, 400: Problem, 422: Problem, 429: Problem},
    summary="A page of products: of a category, of a search, or of all",
)
def list_products(request: HttpRequest, query: Query[ProductQuery]) -> HttpResponse:
    _limit_search(request, query.q)
    page = selectors.product_page(
        Selection(
            category=query.category,
            q=query.q,
            brands=query.brand,
            min_price_poisha=query.min_price_poisha,
            max_price_poisha=query.max_price_poisha,
            in_stock=query.in_stock,
        ),
        sort=Sort(query.sort) if query.sort else None,
        cursor=query.cursor,
        limit=query.limit,
    )
    return _answer(request, page, max_age_seconds=LIST_MAX_AGE_SECONDS)


@router.get(
    "/filters",
    response={200: Filters, 304: None, 422: Problem, 429: Problem},
    summary="What a category or a search can be narrowed by",
)
def list_filters(request: HttpRequest, query: Query[FilterQuery]) -> HttpResponse:
    _limit_search(request, query.q)
    answer = selectors.filters(Selection(category=query.category, q=query.q))
    return _answer(request, answer, max_age_seconds=LIST_MAX_AGE_SECONDS)


@router.get(
    "/products/{slug}",
    response={200: Product, 304: None, 404: Problem, 422: Problem},
    summary="One product with its variants and related products",
)
def show_product(request: HttpRequest, slug: Path[Slug]) -> HttpResponse:
    product = selectors.product_detail(slug)
    if product is None:
        raise NotFound
    return _answer(request, product, max_age_seconds=PRODUCT_MAX_AGE_SECONDS)
