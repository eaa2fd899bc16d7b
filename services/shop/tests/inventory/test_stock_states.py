"""Stock and ledger under any sequence of events, against a model in plain Python."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from inventory import services
from inventory.errors import InsufficientStock
from inventory.models import Stock, StockMovement
from inventory.services import StockLine
from tests.factories import VariantFactory
from tests.orders.carts import assert_books_balance

VARIANTS = 3
QUANTITY = st.integers(min_value=1, max_value=6)
CART = st.dictionaries(st.integers(min_value=0, max_value=VARIANTS - 1), QUANTITY, min_size=1)


class StockBooks(RuleBasedStateMachine):
    """Reserves, sells, commits, releases and restocks at random; the model says what must come of it."""

    @initialize()
    def open_books(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.variants = [VariantFactory(stock=10) for _ in range(VARIANTS)]
        self.on_hand = [10] * VARIANTS
        self.held = {}
        self.bought = {}
        self.count = 0

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def available(self, variant):
        return self.on_hand[variant] - sum(cart.get(variant, 0) for cart in self.held.values())

    def attempt(self, cart, act, book):
        self.count += 1
        reference = f"DC-{self.count}"
        lines = [StockLine(self.variants[variant].id, quantity) for variant, quantity in cart.items()]
        short = {v for v, quantity in cart.items() if quantity > self.available(v)}
        refused = None
        try:
            with transaction.atomic():
                act(lines, reference)
        except InsufficientStock as refusal:
            refused = refusal.variant_ids
        else:
            book[reference] = cart
        assert refused == ({self.variants[v].id for v in short} or None)

    @rule(cart=CART)
    def reserve(self, cart):
        self.attempt(
            cart,
            lambda lines, reference: services.reserve(lines=lines, reference=reference, expires_at=None),
            self.held,
        )

    @rule(cart=CART)
    def sell(self, cart):
        before = len(self.bought)
        self.attempt(
            cart, lambda lines, reference: services.sell(lines=lines, reference=reference), self.bought
        )
        if len(self.bought) > before:
            self.take(cart)

    def take(self, cart):
        for variant, quantity in cart.items():
            self.on_hand[variant] -= quantity

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def commit(self, data):
        reference = data.draw(st.sampled_from(sorted(self.held)))
        assert services.commit(reference=reference)
        cart = self.held.pop(reference)
        self.bought[reference] = cart
        self.take(cart)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release_a_promise(self, data):
        reference = data.draw(st.sampled_from(sorted(self.held)))
        assert services.release(reference=reference)
        del self.held[reference]

    @precondition(lambda self: self.bought)
    @rule(data=st.data())
    def release_a_sale(self, data):
        reference = data.draw(st.sampled_from(sorted(self.bought)))
        assert services.release(reference=reference)
        for variant, quantity in self.bought.pop(reference).items():
            self.on_hand[variant] += quantity

    @rule(number=st.integers(min_value=0, max_value=40))
    def repeat_what_is_over(self, number):
        reference = f"DC-{number}"
        if reference not in self.held:
            assert not services.commit(reference=reference)
        if reference not in self.held and reference not in self.bought:
            assert not services.release(reference=reference)

    @rule(
        variant=st.integers(min_value=0, max_value=VARIANTS - 1), delta=st.integers(min_value=-8, max_value=8)
    )
    def correct(self, variant, delta):
        if delta == 0:
            return
        try:
            services.restock(
                variant_id=self.variants[variant].id, delta=delta, reason=StockMovement.Reason.CORRECTION
            )
        except InsufficientStock:
            assert self.available(variant) + delta < 0
        else:
            assert self.available(variant) + delta >= 0
            self.on_hand[variant] += delta

    @invariant()
    def books_balance(self):
        if not hasattr(self, "variants"):
            return
        assert_books_balance()
        for number, variant in enumerate(self.variants):
            stock = Stock.objects.get(variant=variant)
            assert stock.on_hand == self.on_hand[number]
            assert stock.available == self.available(number)


@pytest.mark.django_db
def test_books_balance_after_any_sequence_of_events():
    """``on_hand`` is the sum of the ledger, ``reserved`` the sum of what is held, and neither is ever oversold."""
    run_state_machine_as_test(
        StockBooks,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
