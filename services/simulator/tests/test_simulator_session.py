"""Initiate a payment."""

import pytest


def test_the_documented_request_opens_a_session_once_completed(simulator, shop, documented):
    """The documentation's request, in taka, for our store and callbacks, with the product it leaves out, succeeds."""
    request = documented("session_request")
    changes = {
        **request,
        **simulator.store,
        "currency": "BDT",
        "success_url": f"{shop.url}/success",
        "fail_url": f"{shop.url}/fail",
        "cancel_url": f"{shop.url}/cancel",
    }

    answer = simulator.initiate(shop, **changes)

    assert answer["status"] == "SUCCESS"
    assert answer["failedreason"] == ""
    assert answer["GatewayPageURL"] == f"{simulator.url}/gateway/pay/{answer['sessionkey']}"
    assert simulator.client.get(answer["GatewayPageURL"]).status_code == 200


def test_the_answer_has_the_documented_shape(simulator, shop, documented):
    """The names are those of the documented answer, and the types of the values too."""
    answer = simulator.initiate(shop)

    example = documented("session_response")
    assert {name: type(value) for name, value in answer.items()} == {
        name: type(value) for name, value in example.items()
    }
    assert answer["gw"] == example["gw"]
    assert len(answer["sessionkey"]) == len(example["sessionkey"])


@pytest.mark.parametrize(
    "changes",
    [
        {"store_passwd": "wrong"},
        {"store_passwd": ""},
        {"store_id": "another"},
        {"store_id": None, "store_passwd": None},
    ],
)
def test_wrong_credentials_are_refused(simulator, shop, changes):
    """Another store or password: FAILED with the gateway's reason, and no session."""
    answer = simulator.initiate(shop, **changes)

    assert (answer["status"], answer["failedreason"]) == (
        "FAILED",
        "Store Credential Error Or Store is De-active",
    )
    assert (answer["sessionkey"], answer["GatewayPageURL"]) == ("", "")
    assert simulator.client.get("/api/payments").json() == []


@pytest.mark.parametrize(
    "name",
    [
        "total_amount",
        "currency",
        "tran_id",
        "success_url",
        "fail_url",
        "cancel_url",
        "cus_name",
        "cus_email",
        "cus_add1",
        "cus_city",
        "cus_country",
        "cus_phone",
        "shipping_method",
        "product_name",
        "product_category",
        "product_profile",
    ],
)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_parameter_is_named(simulator, shop, name, value):
    """A mandatory parameter that is missing or empty is named in failedreason."""
    answer = simulator.initiate(shop, **{name: value})

    assert answer["status"] == "FAILED"
    assert answer["failedreason"] == f"Invalid Information! '{name}' is missing or empty."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("total_amount", "9.99"),
        ("total_amount", "500000.01"),
        ("total_amount", "100.005"),
        ("total_amount", "-100"),
        ("total_amount", "1e3"),
        ("total_amount", "NaN"),
        ("total_amount", "১০০"),
        ("total_amount", "99999999999999"),
        ("currency", "taka"),
        ("currency", "XXX"),
        ("tran_id", "x" * 31),
        ("cus_name", "ক" * 51),
        ("cus_email", "nobody"),
        ("product_profile", "gadgets"),
        ("value_d", "x" * 256),
    ],
)
def test_a_malformed_parameter_is_named(simulator, shop, name, value):
    """A value that is out of range, too long or not of its kind is refused by the name of its parameter."""
    answer = simulator.initiate(shop, **{name: value})

    assert answer["status"] == "FAILED"
    assert answer["failedreason"].startswith(f"Invalid Information! '{name}' ")


@pytest.mark.parametrize("amount", ["10", "10.00", "500000.00", "1150.5"])
def test_amounts_at_the_documented_limits_are_taken(simulator, shop, amount):
    """10.00 to 500000.00 BDT, with up to two decimals."""
    assert simulator.initiate(shop, total_amount=amount)["status"] == "SUCCESS"


def test_shipping_needs_an_address(simulator, shop):
    """shipping_method YES makes the address of shipment mandatory, as documented."""
    answer = simulator.initiate(shop, shipping_method="YES")

    assert answer["failedreason"] == "Invalid Information! 'ship_name' is missing or empty."


@pytest.mark.parametrize("name", ["success_url", "fail_url", "cancel_url", "ipn_url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://example.com@127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "//127.0.0.1/",
        "javascript:alert(1)",
        "http://[::1/",
        "http://127.0.0.1:99999/",
    ],
)
def test_only_allowed_hosts_may_be_called_back(simulator, shop, name, url):
    """An address elsewhere, or of another scheme, opens no session."""
    answer = simulator.initiate(shop, **{name: url})

    assert answer["status"] == "FAILED"
    assert name in answer["failedreason"]


def test_a_body_that_is_no_form_is_refused(simulator):
    """JSON, as some libraries send it, carries no credentials for the gateway: FAILED, not an error."""
    response = simulator.client.post("/gwprocess/v4/api.php", json=simulator.store)

    assert response.status_code == 200
    assert response.json()["status"] == "FAILED"


def test_hostile_forms_are_answered(simulator):
    """Broken multipart, wrong encodings and files end in an answer below 500."""
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for content, headers in [
        (b"--x\r\nnonsense", multipart),
        (b"\xff\xfe%ff=%ff&&&=", form),
        (b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nc\r\n--x--\r\n', multipart),
    ]:
        response = simulator.client.post("/gwprocess/v4/api.php", content=content, headers=headers)
        assert response.status_code < 500
