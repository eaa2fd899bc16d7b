"""Development secrets: made on this machine, kept outside git, never shared.

The layout is that of every environment: a folder of mode 0700 with files of mode 0444 (the containers' users
read them through a mount; the folder keeps other people out).
"""

import os
import secrets
from pathlib import Path

SECRET_NAMES = (
    "secret_key",
    "database_password",
    "postgres_password",
    "redis_password",
    "sslcommerz_store_password",
    "sms_token",
)
# The shop refuses to start on such a secret in staging and production.
_PREFIX = "development-only-"
_BYTES = 32


def create_development_secrets(folder: Path) -> list[str]:
    """Makes each secret that is missing; returns the names of those made. Safe to repeat."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = []
    for name in SECRET_NAMES:
        path = folder / name
        if path.exists() and path.stat().st_size > 0:
            continue
        path.unlink(missing_ok=True)
        # O_EXCL and the mode at creation: at no moment does a half-written or writable secret stand there.
        temporary = folder / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), "w") as file:
            file.write(_PREFIX + secrets.token_urlsafe(_BYTES))
        temporary.rename(path)
        made.append(name)
    return made


def create_development_files(folder: Path) -> list[str]:
    """Secrets, and the local authority with the certificates that it signs; the names of what was made."""
    # Only where it is needed: the library behind it takes longer to load than all else here.
    from dhakacart.operations.certificates import create_certificates

    return [*create_development_secrets(folder), *create_certificates(folder)]


def read_secret(folder: Path, name: str) -> str:
    return (folder / name).read_text().strip()
