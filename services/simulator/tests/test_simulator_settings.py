"""Settings: what is missing or malformed is named."""

import pytest

from simulator.settings import SettingsError, load_settings


@pytest.fixture
def environment(tmp_path):
    """A complete environment."""
    (tmp_path / "sslcommerz_store_password").write_text("secret\n")
    (tmp_path / "sms_token").write_text("token\n")
    return {
        "SIMULATOR_HOST": "127.0.0.1",
        "SIMULATOR_PORT": "8090",
        "SIMULATOR_SMTP_PORT": "8025",
        "SIMULATOR_SECRETS_DIR": str(tmp_path),
        "SIMULATOR_STORE_ID": "dhakacartlive",
    }


def test_defaults(environment):
    """The public address and the callback hosts have defaults; secrets lose the newline of their file."""
    settings = load_settings(environment)

    assert settings.public_url == "http://127.0.0.1:8090"
    assert settings.callback_hosts == {"127.0.0.1", "localhost"}
    assert (settings.store_password, settings.sms_token) == ("secret", "token")
    assert (settings.callback_connect, settings.ca_file) == (None, None)


def test_given_values_are_taken(environment):
    """What is given replaces the defaults; the public address loses its slash."""
    environment["SIMULATOR_PUBLIC_URL"] = "https://pay.dhakacart.test/"
    environment["SIMULATOR_CALLBACK_HOSTS"] = "web, Shop.dhakacart.test"
    environment["SIMULATOR_CALLBACK_CONNECT"] = "edge:8443"

    settings = load_settings(environment)

    assert settings.public_url == "https://pay.dhakacart.test"
    assert settings.callback_hosts == {"web", "shop.dhakacart.test"}
    assert settings.callback_connect == ("edge", 8443)


@pytest.mark.parametrize(
    "name",
    [
        "SIMULATOR_HOST",
        "SIMULATOR_PORT",
        "SIMULATOR_SMTP_PORT",
        "SIMULATOR_SECRETS_DIR",
        "SIMULATOR_STORE_ID",
    ],
)
def test_a_missing_value_is_named(environment, name):
    """Each required variable is named when it is missing, in one line."""
    del environment[name]

    with pytest.raises(SettingsError, match=f"^{name}: .+$"):
        load_settings(environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIMULATOR_PORT", "http"),
        ("SIMULATOR_PORT", "0"),
        ("SIMULATOR_PORT", "65536"),
        ("SIMULATOR_PORT", "-1"),
        ("SIMULATOR_PORT", "٨٠"),
        ("SIMULATOR_SMTP_PORT", "8090"),
        ("SIMULATOR_PUBLIC_URL", "127.0.0.1:8090"),
        ("SIMULATOR_PUBLIC_URL", "ftp://127.0.0.1"),
        ("SIMULATOR_PUBLIC_URL", "http://127.0.0.1:many"),
        ("SIMULATOR_PUBLIC_URL", "http://127.0.0.1/?a=b"),
        ("SIMULATOR_CALLBACK_HOSTS", "web,,shop"),
        ("SIMULATOR_CALLBACK_HOSTS", "*"),
        ("SIMULATOR_CALLBACK_HOSTS", "web; script-src *"),
        ("SIMULATOR_CALLBACK_CONNECT", "edge"),
        ("SIMULATOR_CALLBACK_CONNECT", "edge:0"),
        ("SIMULATOR_CALLBACK_CONNECT", "https://edge:8443"),
        ("SIMULATOR_CA_FILE", "/nowhere/at/all"),
        ("SIMULATOR_CA_FILE", __file__),
        ("SIMULATOR_SECRETS_DIR", "/nowhere/at/all"),
    ],
)
def test_a_malformed_value_is_named(environment, name, value):
    """Each malformed value is refused by the name of its variable, in one line."""
    environment[name] = value

    with pytest.raises(SettingsError, match=f"^{name}: .+$"):
        load_settings(environment)


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe"])
def test_an_empty_or_unreadable_secret_is_named(environment, tmp_path, content):
    """A secret that is empty or not text is refused with the path of its file."""
    (tmp_path / "sms_token").write_bytes(content)

    with pytest.raises(SettingsError, match=r"^SIMULATOR_SECRETS_DIR: .*sms_token.*$"):
        load_settings(environment)
