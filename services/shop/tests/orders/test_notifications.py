"""What customers are told: in their language, by the channels they gave, with the link that shows the truth."""

import pytest

from notify.models import Effect
from orders import notifications
from orders.notifications import WORDS
from tests.factories import VariantFactory
from tests.orders.carts import placed

EVENTS = ["confirmed", "paid", "shipped", "cancelled", "expired", "refund"]


def test_every_event_has_words_in_both_languages():
    """Each text names the order; each SMS carries the link; Bangla is Bangla."""
    assert set(WORDS) == set(EVENTS)
    for words in WORDS.values():
        assert set(words) == {"en", "bn"}
        for language, texts in words.items():
            assert "{number}" in texts.subject
            assert "{number}" in texts.sms
            assert texts.sms.endswith("{link}")
            assert any("\u0980" <= letter <= "\u09ff" for letter in texts.opening) == (language == "bn")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("event", EVENTS)
def test_a_customer_is_told_by_sms_and_mail(event, language, settings):
    """Both carry the tracking link at the public address, and the same event is told once."""
    order = placed((VariantFactory(), 1), language=language)
    Effect.objects.all().delete()

    for _ in range(2):
        if event == "refund":
            notifications.refund_requested(order, amount_poisha=12_300, reference="T-1")
        else:
            getattr(notifications, event)(order)

    effects = {effect.kind: effect for effect in Effect.objects.all()}
    assert sorted(effects) == ["mail", "sms"]
    assert Effect.objects.count() == 2
    link = f"{settings.ENV.origin}/orders/{order.token}"
    for effect in effects.values():
        assert link in effect.payload["text"]
        assert "{" not in effect.payload["text"]
        assert order.number in effect.payload.get("subject", effect.payload["text"])
    assert effects["mail"].payload["to"] == order.contact_email


@pytest.mark.django_db
def test_without_an_address_there_is_no_mail():
    """The SMS alone has to do."""
    placed((VariantFactory(), 1), email="")

    assert list(Effect.objects.values_list("kind", flat=True)) == ["sms"]


@pytest.mark.django_db
def test_braces_in_a_name_are_only_braces():
    """Nothing that a customer writes is taken as a placeholder."""
    order = placed((VariantFactory(), 1), name="{number.__class__} {0}")

    assert "{number.__class__} {0}" in Effect.objects.get(kind="mail").payload["text"]
    assert order.contact_name == "{number.__class__} {0}"
