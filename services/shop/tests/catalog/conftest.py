"""The seeded assortment, once for a module: it takes a second to make."""

from collections.abc import Iterator

import pytest
from django.db import connection

from catalog.models import Product
from seeding.catalog import seed_catalog


@pytest.fixture(scope="module")
def assortment(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[list[Product]]:
    """All seeded products, committed, and taken away after the module."""
    with django_db_blocker.unblock():
        try:
            yield seed_catalog()
        finally:
            with connection.cursor() as cursor:
                cursor.execute(
                    "TRUNCATE catalog_product, catalog_brand, catalog_category, catalog_picture CASCADE"
                )
                cursor.execute("ANALYZE catalog_product")
