"""Where the checks look, and environments in which the shop can be loaded without any server."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from dhakacart.operations.environment import from_the_shell, on_this_machine, read_environment_file
from dhakacart.operations.node import path_with_node
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import Ports
from dhakacart.operations.secrets import SECRET_NAMES

# Port 1 (tcpmux): nothing listens there, so a check that tries to connect is refused at once.
_NOWHERE = 1


@dataclass(frozen=True)
class Context:
    """A checkout, and a scratch folder that lasts as long as the checks."""

    checkout: Checkout
    scratch: Path

    @property
    def root(self) -> Path:
        return self.checkout.root

    @property
    def shop(self) -> Path:
        return self.checkout.shop

    @property
    def storefront(self) -> Path:
        return self.checkout.storefront

    def prepare(self) -> None:
        """Makes throw-away secrets that pass production's rules: long, and not marked as development's."""
        folder = self.scratch / "secrets"
        folder.mkdir(mode=0o700)
        for name in SECRET_NAMES:
            (folder / name).write_text(secrets.token_urlsafe(64))
        (self.scratch / "metrics").mkdir()

    def shop_environment(self, *, production: bool = False) -> dict[str, str]:
        """The contract, complete, with servers that are not there."""
        ports = Ports(**dict.fromkeys(Ports().named(), _NOWHERE))
        values = on_this_machine(
            read_environment_file(self.checkout.local_environment_file),
            ports=ports,
            secrets=self.scratch / "secrets",
            metrics=self.scratch / "metrics",
        )
        strict = {
            "ENVIRONMENT": "production",
            "PUBLIC_URL": "https://shop.dhakacart.example",
            "SSLCOMMERZ_URL": "https://securepay.sslcommerz.com",
            "SMS_URL": "https://sms.example",
            "ALLOWED_HOSTS": "shop.dhakacart.example",
            "DATABASE_SSLMODE": "verify-full",
            "LIVE_RELOAD": "false",
        }
        return {
            **from_the_shell(),
            **values,
            **(strict if production else {}),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONWARNINGS": "ignore::RuntimeWarning",
        }

    def node_environment(self) -> dict[str, str]:
        return {**from_the_shell(), "PATH": path_with_node(), "FORCE_COLOR": "0", "NO_COLOR": "1"}
