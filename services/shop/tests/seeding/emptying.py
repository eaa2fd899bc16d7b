"""Takes away what was seeded."""

from django.db import connection

SEEDED = "catalog_product, catalog_category, catalog_brand, catalog_picture, accounts_user, orders_order"


def empty_the_shop() -> None:
    """Everything that was seeded, and all that hangs on it."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {SEEDED} CASCADE")
