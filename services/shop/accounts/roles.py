"""What staff may do: four groups and their permissions. This file is the truth; each migrate makes the database follow.

Nobody here may change staff accounts, groups or permissions: that is left to superusers (accounts.admin). Permissions
are named, not imported: most belong to apps above this one.
"""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.contrib.auth.models import Group, Permission
from django.db import transaction

SUPPORT = "support"
CATALOGUE = "catalogue"
FINANCE = "finance"
OPERATIONS = "operations"


def _permissions(app: str, actions: str, models: str) -> set[str]:
    return {f"{app}.{action}_{model}" for action in actions.split() for model in models.split()}


_CATALOGUE_MODELS = "category brand product productpicture picture variant"
_READ_ORDERS = _permissions("orders", "view", "order orderline orderevent")
_READ_MONEY = _permissions("payments", "view", "payment refund")
_READ_CATALOGUE = _permissions("catalog", "view", _CATALOGUE_MODELS)

PERMISSIONS: dict[str, set[str]] = {
    # Answers customers: finds, moves on and cancels orders, mends a customer's name or phone, lifts a lockout.
    SUPPORT: _READ_ORDERS
    | _READ_MONEY
    | _READ_CATALOGUE
    | {"orders.change_order", "inventory.view_stock"}
    | _permissions("accounts", "view change", "user address")
    | {"accounts.delete_address"}
    | _permissions("axes", "view delete", "accessattempt"),
    # Keeps the goods: names, pictures, prices.
    CATALOGUE: _permissions("catalog", "view add change delete", _CATALOGUE_MODELS)
    | {"inventory.view_stock"},
    # Follows the money, and has it sent back.
    FINANCE: _READ_ORDERS | _READ_MONEY | {"payments.retry_refund"},
    # Runs the store: packs and ships, books stock, watches what is to be sent.
    OPERATIONS: _READ_ORDERS
    | _READ_MONEY
    | _READ_CATALOGUE
    | {"orders.change_order"}
    | _permissions("inventory", "view", "stock stockmovement reservation")
    | _permissions("inventory", "add change", "stock")
    | {"notify.view_effect", "notify.retry_effect"},
}


@transaction.atomic
def sync() -> None:
    """Create the groups and give each exactly its permissions: what is no longer declared is taken away.

    A permission whose model is not there yet (a database migrated to an older state) is passed over.
    """
    existing = {
        f"{permission.content_type.app_label}.{permission.codename}": permission.pk
        for permission in Permission.objects.select_related("content_type")
    }
    Group.objects.bulk_create((Group(name=name) for name in sorted(PERMISSIONS)), ignore_conflicts=True)
    for group in Group.objects.filter(name__in=PERMISSIONS).prefetch_related("permissions"):
        wanted = {existing[name] for name in PERMISSIONS[group.name] if name in existing}
        if wanted != {permission.pk for permission in group.permissions.all()}:
            group.permissions.set(wanted)


def sync_after_migrate(sender: AppConfig, **_: Any) -> None:
    """post_migrate, which is sent once for each app: act on the last, when all permissions exist."""
    last = [app for app in installed.get_app_configs() if app.models_module][-1]
    if sender.label == last.label and _is_migrated():
        sync()


def _is_migrated() -> bool:
    """False where the groups have no table (yet, or any more: ``migrate auth zero``)."""
    from django.db import connection

    return Group._meta.db_table in connection.introspection.table_names()
