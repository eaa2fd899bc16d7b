"""Fills an empty shop with a believable one, for development and tests."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from catalog.models import Category, Picture, Product, Variant
from seeding.catalog import seed_catalog
from seeding.constants import DEVELOPMENT_PASSWORD, ORDERS
from seeding.customers import DEMO_EMAIL, seed_customers
from seeding.orders import seed_orders
from seeding.staff import ACCOUNTS, ADMINISTRATOR, seed_staff
from seeding.stock import open_ledger, seed_stock

ALLOWED = ("development", "test")
PATIENCE_SECONDS = 120
_LOCK = 7_316_094_451  # of this command, among PostgreSQL's advisory locks: two at once seed one shop


class Command(BaseCommand):
    help = "Seed products, customers, staff and past orders. Does nothing when the shop has products already."

    def handle(self, *_args: Any, **_options: Any) -> None:
        environment = settings.ENV.environment
        if environment not in ALLOWED:
            raise CommandError(
                f"refused: ENVIRONMENT is {environment}, and seeding makes accounts with a password that everybody knows;"
                f" it runs in {' and '.join(ALLOWED)} only"
            )
        started = time.perf_counter()
        with transaction.atomic():
            with connection.cursor() as cursor:
                # The shop's own timeouts are for requests; here a second seeding waits for the first to end.
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'")
                cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE_SECONDS}s'")
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            if Product.objects.exists():
                self.stdout.write(
                    f"already seeded: {Product.objects.count()} products are there, nothing to do"
                )
                return
            self._seed()
        self.stdout.write(self._summary(time.perf_counter() - started))

    def _seed(self) -> None:
        self.stdout.write("staff")
        seed_staff()
        self.stdout.write("catalogue, drawing the pictures")
        seed_catalog()
        variants = list(Variant.objects.select_related("product").order_by("id"))
        self.stdout.write("stock")
        stocks = seed_stock(variants=variants)
        self.stdout.write("customers")
        customers = seed_customers()
        self.stdout.write("past orders")
        movements = seed_orders(customers=customers, variants=variants)
        open_ledger(stocks=stocks, movements=movements)

    def _summary(self, seconds: float) -> str:
        counts = ", ".join(
            f"{model.objects.count()} {model._meta.verbose_name_plural}"
            for model in (Category, Product, Variant, Picture)
        )
        return (
            f"seeded {counts}, {ORDERS} orders in {seconds:.1f} s\n"
            f"customer {DEMO_EMAIL}, staff {ADMINISTRATOR} {' '.join(ACCOUNTS)}; password {DEVELOPMENT_PASSWORD}"
        )
