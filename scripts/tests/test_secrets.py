"""Development secrets: made once, unreadable to others, unfit for production."""

import stat

from dhakacart.operations.secrets import (
    SECRET_NAMES,
    create_development_files,
    create_development_secrets,
    read_secret,
)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_once_with_the_modes_of_every_environment(tmp_path):
    """A folder 0700 with files 0444; a second call changes none; each carries the mark that production refuses."""
    folder = tmp_path / "secrets"

    first = create_development_secrets(folder)
    values = {name: read_secret(folder, name) for name in SECRET_NAMES}
    second = create_development_secrets(folder)

    assert first == list(SECRET_NAMES)
    assert second == []
    assert {name: read_secret(folder, name) for name in SECRET_NAMES} == values
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.iterdir()} == {0o444}
    assert all(value.startswith("development-only-") and len(value) >= 50 for value in values.values())
    assert len(set(values.values())) == len(SECRET_NAMES)


def test_a_missing_or_empty_secret_is_made_and_the_others_stay(tmp_path):
    """What a killed run or a hand has spoiled is mended, without touching the rest."""
    create_development_secrets(tmp_path)
    kept = read_secret(tmp_path, "database_password")
    (tmp_path / "sms_token").unlink()
    (tmp_path / "secret_key").chmod(0o600)
    (tmp_path / "secret_key").write_text("")

    assert create_development_secrets(tmp_path) == ["secret_key", "sms_token"]
    assert read_secret(tmp_path, "database_password") == kept


def test_secrets_init_makes_the_certificates_too(tmp_path):
    """What containers mount is complete after it: secrets, authority, a folder per server; a second call makes nothing."""
    made = create_development_files(tmp_path / "secrets")

    assert set(SECRET_NAMES) | {"authority", "edge", "postgres", "pgbouncer", "tickets"} == set(made)
    assert (tmp_path / "secrets" / "edge" / "tls.crt").exists()
    assert create_development_files(tmp_path / "secrets") == []
