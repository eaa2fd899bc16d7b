"""Redis may vanish at any moment: while it is stopped or frozen the shop sells, afterwards it catches up."""

from collections.abc import Callable, Iterator

import pytest
from servers.process import eventually
from servers.shop import Shop
from servers.shopper import Shopper

# What a shopper is willing to wait for one answer, Redis or not; ten times what is usual on a busy machine.
REQUEST_BUDGET_SECONDS = 2.0
ROUNDS = 3
DRAIN_SECONDS = 60.0

Act = Callable[[Shop], None]

losses = pytest.mark.parametrize(
    ("lose", "restore"),
    [
        pytest.param(lambda shop: shop.redis.stop(), lambda shop: shop.redis.start(), id="stopped"),
        pytest.param(lambda shop: shop.freeze_redis(), lambda shop: shop.thaw_redis(), id="frozen"),
    ],
)


@pytest.fixture
def shopper(shop: Shop) -> Iterator[Shopper]:
    """A registered customer who has been here before."""
    with Shopper(shop) as shopper:
        shopper.register()
        shopper.browse()
        shopper.visits.clear()
        yield shopper


@losses
def test_the_shop_sells_without_redis(shop: Shop, shopper: Shopper, lose: Act, restore: Act) -> None:
    """Browsing, searching, quoting, signing in and buying: no 5xx, none over budget; then each confirmation once."""
    lose(shop)
    try:
        orders = []
        for _ in range(ROUNDS):
            product = shopper.browse()
            shopper.search("চার্জার")
            shopper.log_in()
            orders.append(shopper.buy(product))
    finally:
        restore(shop)

    assert [visit for visit in shopper.visits if visit.status >= 400] == []
    assert [visit for visit in shopper.visits if visit.seconds > REQUEST_BUDGET_SECONDS] == []

    for order in orders:
        for to in (shopper.phone, shopper.email):
            message = shop.inbox.wait_for(to=to, containing=order["number"], seconds=DRAIN_SECONDS)
            assert message.received_count == 1
    assert len(shop.inbox.messages(to=shopper.email)) == ROUNDS
    eventually("the outbox is empty", lambda: shop.pending_effects() == 0, seconds=DRAIN_SECONDS)


def test_redis_is_really_lost(shop: Shop) -> None:
    """The pair: the worker's tasks do stop with Redis, so what the shop does above it does without."""
    shop.freeze_redis()
    try:
        with Shopper(shop) as shopper:
            order = shopper.buy(shopper.browse())
            shopper.search("ফোন")
        assert shop.pending_effects() >= 1
        assert not shop.redis_answers()
    finally:
        shop.thaw_redis()

    assert shop.inbox.wait_for(to=shopper.phone, containing=order["number"]).received_count == 1
