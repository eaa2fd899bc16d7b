"""The outbox for operations: what waits, what was given up and why; trying again is all that may be done."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from notify import services
from notify.models import Effect
from ops.admin import ReadOnly


@admin.register(Effect)
class EffectAdmin(ReadOnly, admin.ModelAdmin[Effect]):
    list_display = ("kind", "key", "state", "attempts", "created_at", "available_at", "done_at")
    list_filter = ("state", "kind")
    search_fields = ("key",)
    exclude = ("payload",)  # tracking links, numbers, texts: personal, and not needed to operate the outbox
    ordering = ("-created_at",)
    actions = ("try_again",)
    show_full_result_count = False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notify.retry_effect")

    @admin.action(description="Try again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Effect]) -> None:
        """Give the chosen dead effects new attempts."""
        count = services.try_again(effects=queryset)
        self.message_user(request, f"{count} will be tried again now.", messages.SUCCESS)
