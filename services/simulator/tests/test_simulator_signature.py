"""The signature of notifications."""

import pytest

from simulator.sslcommerz.signature import signature, signed

FIELDS = {"tran_id": "DC-1 & ফোন", "a": "1", "b": ""}


def holds(fields, *, store_password):
    """Whether a shop that computes the signature over what verify_key lists finds verify_sign."""
    keys = fields["verify_key"].split(",")
    return signature(fields, keys=keys, store_password=store_password) == fields["verify_sign"]


def test_the_hash_is_that_of_the_vendors_library():
    """MD5 over the sorted pairs and the password's MD5, empty values and raw text included.

    The value was computed with md5sum over `a=1&b=&store_passwd=<md5 of qwerty>&tran_id=DC-1 & ফোন`.
    """
    assert signature(FIELDS, keys=["tran_id", "b", "a"], store_password="qwerty") == (
        "ec74242b208e8505a84ded85be72f8a1"
    )


def test_keys_without_a_field_are_left_out():
    """A key of verify_key that was not sent is not part of the hash, as with PHP's isset."""
    keys = ["a", "absent", "b", "tran_id"]
    assert signature(FIELDS, keys=keys, store_password="qwerty") == "ec74242b208e8505a84ded85be72f8a1"


def test_every_field_is_signed():
    """verify_key lists every field, sorted; a change of any one, or of the password, breaks the signature."""
    message = signed(FIELDS, store_password="qwerty")

    assert message["verify_key"] == "a,b,tran_id"
    assert holds(message, store_password="qwerty")
    assert not holds(message, store_password="qwertz")
    for name in FIELDS:
        assert not holds({**message, name: message[name] + "x"}, store_password="qwerty")


@pytest.mark.parametrize("name", ["verify_sign", "verify_key"])
def test_field_names_are_the_documented_ones(documented, name):
    """The two fields are called as in the documentation's example."""
    assert name in documented("notification")
    assert name in signed(FIELDS, store_password="qwerty")
