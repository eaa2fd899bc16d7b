"""Where things are: the checkout, its private folder `.dhakacart/`, and the cache outside it.

The cache holds what must not stand in the checkout: the database files (as root PostgreSQL runs under another
account, which could not enter a checkout below a closed home folder) and unpacked binaries.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

_ROOT_CACHE = Path("/var/cache/dhakacart")


def checkout_root() -> Path:
    """The repository that this package was installed from (it is always installed editable)."""
    return Path(__file__).resolve().parents[3]


def cache_root() -> Path:
    """DHAKACART_CACHE, or a system folder for root, or the user's own cache folder."""
    if configured := os.environ.get("DHAKACART_CACHE"):
        return Path(configured).expanduser().resolve()
    if os.geteuid() == 0:
        return _ROOT_CACHE
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dhakacart"


@dataclass(frozen=True)
class Checkout:
    """One working copy and every folder that belongs to it alone."""

    root: Path
    cache: Path

    @classmethod
    def here(cls) -> "Checkout":
        return cls(root=checkout_root(), cache=cache_root())

    @property
    def key(self) -> str:
        """A readable name that no other checkout on this machine has."""
        digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:10]
        return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', self.root.name) or 'checkout'}-{digest}"

    @property
    def private(self) -> Path:
        """Secrets, logs and stamps: inside the checkout, ignored by git."""
        return self.root / ".dhakacart"

    @property
    def secrets(self) -> Path:
        return self.private / "secrets"

    @property
    def logs(self) -> Path:
        return self.private / "logs"

    @property
    def data(self) -> Path:
        """What `make reset` removes, beside the secrets: databases and everything that follows from them."""
        return self.cache / "checkouts" / self.key

    @property
    def run(self) -> Path:
        """State, ready files, metrics files: worthless once nothing runs."""
        return self.data / "run"

    @property
    def shop(self) -> Path:
        return self.root / "services" / "shop"

    @property
    def storefront(self) -> Path:
        return self.root / "services" / "storefront"

    @property
    def simulator(self) -> Path:
        return self.root / "services" / "simulator"

    @property
    def local_environment_file(self) -> Path:
        return self.root / "k8s" / "overlays" / "local" / "shop.env"
