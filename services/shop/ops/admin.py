"""What the admins of several apps share."""

from typing import Any

from django.http import HttpRequest


class ReadOnly:
    """For tables that only services write: mix it in before ModelAdmin or an inline."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
