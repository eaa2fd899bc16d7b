"""The simulator's settings: environment variables for plain values, files for secrets."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_CALLBACK_HOSTS = "127.0.0.1,localhost"
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_HIGHEST_PORT = 65_535


class SettingsError(Exception):
    """A setting is missing or malformed; the text is one line that begins with its name."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the simulator is told when it starts.

    `public_url` is where browsers reach it (no slash at the end); `callback_hosts` are the only hosts it calls back.
    `callback_connect` is where it connects for that, if not to the host of the address itself (inside a container,
    localhost is the container); `ca_file` holds certificates (PEM) of authorities that it trusts then.
    """

    host: str
    port: int
    smtp_port: int
    public_url: str
    store_id: str
    store_password: str
    sms_token: str
    callback_hosts: frozenset[str]
    callback_connect: tuple[str, int] | None = None
    ca_file: Path | None = None


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from `environ` and the secrets' folder it names; raise SettingsError on the first bad one."""
    host = _required(environ, "SIMULATOR_HOST")
    port = _port(environ, "SIMULATOR_PORT")
    smtp_port = _port(environ, "SIMULATOR_SMTP_PORT")
    if smtp_port == port:
        raise SettingsError("SIMULATOR_SMTP_PORT: is the same as SIMULATOR_PORT")
    return Settings(
        host=host,
        port=port,
        smtp_port=smtp_port,
        public_url=_public_url(environ, default=f"http://127.0.0.1:{port}"),
        store_id=_required(environ, "SIMULATOR_STORE_ID"),
        store_password=_secret(environ, "sslcommerz_store_password"),
        sms_token=_secret(environ, "sms_token"),
        callback_hosts=_callback_hosts(environ),
        callback_connect=_callback_connect(environ),
        ca_file=_ca_file(environ),
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name}: is not set")
    return value


def _port(environ: Mapping[str, str], name: str) -> int:
    text = _required(environ, name)
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= _HIGHEST_PORT:
        raise SettingsError(f"{name}: {text!r} is not a port (1 to {_HIGHEST_PORT})")
    return int(text)


def _public_url(environ: Mapping[str, str], *, default: str) -> str:
    name = "SIMULATOR_PUBLIC_URL"
    url = environ.get(name, "").strip() or default
    try:
        parts = urlsplit(url)
        complete = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        complete = False
    if not complete or parts.query or parts.fragment:
        raise SettingsError(f"{name}: {url!r} is not an http or https address")
    return url.rstrip("/")


def _callback_hosts(environ: Mapping[str, str]) -> frozenset[str]:
    name = "SIMULATOR_CALLBACK_HOSTS"
    text = environ.get(name, "").strip() or DEFAULT_CALLBACK_HOSTS
    hosts = [host.strip().lower() for host in text.split(",")]
    for host in hosts:
        if not _HOST_NAME.fullmatch(host):
            raise SettingsError(f"{name}: {host!r} is not a host name or IPv4 address")
    return frozenset(hosts)


def _callback_connect(environ: Mapping[str, str]) -> tuple[str, int] | None:
    name = "SIMULATOR_CALLBACK_CONNECT"
    text = environ.get(name, "").strip()
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if (
        not _HOST_NAME.fullmatch(host)
        or not re.fullmatch(r"[0-9]{1,5}", port)
        or not 1 <= int(port) <= _HIGHEST_PORT
    ):
        raise SettingsError(f"{name}: {text!r} is not host:port")
    return host, int(port)


def _ca_file(environ: Mapping[str, str]) -> Path | None:
    name = "SIMULATOR_CA_FILE"
    text = environ.get(name, "").strip()
    if not text:
        return None
    try:
        ssl.create_default_context(cafile=text)
    except OSError as error:  # SSLError is one: what the file holds is no certificate
        raise SettingsError(f"{name}: cannot read certificates from {text}: {error}") from None
    return Path(text)


def _secret(environ: Mapping[str, str], file_name: str) -> str:
    name = "SIMULATOR_SECRETS_DIR"
    path = Path(_required(environ, name)) / file_name
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}: cannot read {path}: {error}") from None
    if not value:
        raise SettingsError(f"{name}: {path} is empty")
    return value
