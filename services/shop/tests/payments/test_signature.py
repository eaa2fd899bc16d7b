"""The signature of notifications: after the vendor's published words, and against those who would bend it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.sslcommerz.signature import signature_holds, signed_text

PASSWORD = "qwerty"

# https://support.sslwireless.com/portal/en/kb/articles/hash-validation, "My Hash String"
PUBLISHED_TEXT = (
    "amount=100&bank_tran_id=1805131320550oksE6CAEWWlpTd&base_fair=0.00&card_brand=VISA"
    "&card_issuer=STANDARD CHARTERED BANK&card_issuer_country=Bangladesh&card_issuer_country_code=BD"
    "&card_no=455445XXXXXX4326&card_type=VISA-Dutch Bangla&currency=BDT&currency_amount=100.00"
    "&currency_rate=1.0000&currency_type=BDT&risk_level=0&risk_title=Safe&status=VALID&store_amount=97"
    "&store_id=testbox&store_passwd=d8578edf8458ce06fbc5bb76a58c5ca4&tran_date=2018-05-13 13:20:47"
    "&tran_id=5af7e7a5aa2a8&val_id=1805131320551DK3gXH3uHP3WiX&value_a=ref001&value_b=ref002"
    "&value_c=ref003&value_d=ref004"
)


def published_message():
    fields = dict(pair.split("=", 1) for pair in PUBLISHED_TEXT.split("&"))
    del fields["store_passwd"]
    return {
        **fields,
        "verify_key": ",".join(sorted(fields)),
        "verify_sign": hashlib.md5(PUBLISHED_TEXT.encode(), usedforsecurity=False).hexdigest(),
        "verify_sign_sha2": "d349cb08d7bd3012ecb2b2290390000597bc4da0414ae11a804c2cd764551b1d",
    }


def test_the_published_text_is_what_we_hash():
    """The vendor's example, letter by letter, from its message and its password."""
    message = published_message()

    text = signed_text(message, keys=message["verify_key"].split(","), store_password=PASSWORD)

    assert text == PUBLISHED_TEXT
    assert signature_holds(message, store_password=PASSWORD)


@pytest.mark.parametrize(
    "field", ["amount", "tran_id", "val_id", "status", "store_id", "value_a", "verify_sign", "verify_key"]
)
def test_a_changed_field_breaks_the_signature(field):
    """Any of those that are signed, and the signature itself."""
    message = published_message()

    assert not signature_holds({**message, field: message[field] + "0"}, store_password=PASSWORD)


def test_another_password_breaks_the_signature():
    """Only who knows the store's password can sign."""
    assert not signature_holds(published_message(), store_password="other")


@pytest.mark.parametrize(
    "missing", ["tran_id", "val_id", "amount", "status", "store_id", "currency_type", "currency_amount"]
)
def test_a_signature_must_cover_what_matters(missing):
    """The sender chooses what is signed: one that leaves out the amount fits any amount."""
    message = published_message()
    keys = [key for key in message["verify_key"].split(",") if key != missing]
    text = signed_text(message, keys=keys, store_password=PASSWORD)
    message["verify_key"] = ",".join(keys)
    message["verify_sign"] = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    assert not signature_holds(message, store_password=PASSWORD)


def test_empty_values_are_signed_and_absent_ones_are_not():
    """A field without a value counts; a listed field that did not come does not."""
    fields = {**dict.fromkeys(("tran_id", "status", "store_id"), "1"), "error": ""}

    text = signed_text(fields, keys=[*fields, "card_no"], store_password=PASSWORD)

    assert text.startswith("error=&status=1&store_id=1&store_passwd=")
    assert "card_no" not in text


@given(
    st.dictionaries(
        st.sampled_from(["verify_key", "verify_sign", "status", "tran_id", "store_id"]), st.text()
    )
)
def test_no_message_without_the_password_is_believed(fields):
    """Whatever text comes, there is an answer, and it is no."""
    assert not signature_holds(fields, store_password=PASSWORD)
