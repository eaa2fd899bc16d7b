"""The outbox in the admin: seen by who may see it, tried again by who may, changed by nobody."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from notify.models import Effect

pytestmark = pytest.mark.django_db
LIST = reverse("admin:notify_effect_changelist")


@pytest.fixture
def effect():
    return Effect.objects.create(
        kind="sms", key="a", payload={"to": "+8801700000000"}, state="dead", attempts=12
    )


def staff(*codenames):
    user = User.objects.create_user(email="staff@example.com", name="Staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def try_again(client, effect):
    return client.post(LIST, {"action": "try_again", "_selected_action": [str(effect.pk)]})


def test_who_may_retry_can(client, effect):
    """The action makes a dead effect pending with fresh attempts."""
    client.force_login(staff("view_effect", "retry_effect"))

    assert try_again(client, effect).status_code == 302

    effect.refresh_from_db()
    assert (effect.state, effect.attempts) == ("pending", 0)


def test_who_may_only_look_cannot(client, effect):
    """Without the permission the action is not offered and does nothing."""
    client.force_login(staff("view_effect"))

    page = client.get(LIST)
    assert page.status_code == 200
    assert b"try_again" not in page.content
    try_again(client, effect)

    effect.refresh_from_db()
    assert effect.state == "dead"


def test_nobody_adds_changes_or_deletes(admin_client, effect):
    """Even a superuser can only look: rows are the relay's."""
    page = reverse("admin:notify_effect_change", args=[effect.pk])

    assert admin_client.get(page).status_code == 200
    assert admin_client.post(page, {"state": "done"}).status_code == 403
    assert admin_client.get(reverse("admin:notify_effect_add")).status_code == 403
    assert admin_client.post(reverse("admin:notify_effect_delete", args=[effect.pk])).status_code == 403
