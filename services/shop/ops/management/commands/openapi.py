"""``manage.py openapi``: the API's description, from which the storefront's types are made.

The same code prints the same bytes: paths stand in the order of their routes, named schemas by name, in UTF-8. It needs
no server.
"""

import io
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from ninja.responses import NinjaJSONEncoder


class Command(BaseCommand):
    help = "Print the API's OpenAPI document as JSON"
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        from config.api import api  # above this app: only a command may look there, and only when it runs

        document = dict(api.get_openapi_schema())
        components = document.get("components", {})
        document["components"] = {
            **components,
            "schemas": dict(sorted(components.get("schemas", {}).items())),
        }
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # whatever the terminal's locale is
        self.stdout.write(json.dumps(document, cls=NinjaJSONEncoder, ensure_ascii=False, indent=2))
