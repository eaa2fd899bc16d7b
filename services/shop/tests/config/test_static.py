"""Static files and the policy on scripts and styles: what the admin needs is served, and nothing stands inline."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.staticfiles.finders import get_finders
from django.test import Client
from django.urls import reverse

from config.static import mounts
from tests.factories import CustomerFactory

from .conftest import Role


def test_every_static_file_is_below_a_mount() -> None:
    """An app that brings static files of its own fails here: then its folder needs a mount too."""
    folders = [folder.resolve() for _route, folder in mounts()]
    files = [Path(storage.path(name)).resolve() for f in get_finders() for name, storage in f.list([])]

    assert files
    assert [file for file in files if not any(file.is_relative_to(folder) for folder in folders)] == []


def test_granian_serves_what_a_page_names(start_role: Callable[..., Role]) -> None:
    """Style sheet and script with their types and a lifetime; nothing above the folder."""
    web = start_role("web").ready()

    style = web.get("/static/admin/css/base.css")
    assert style.status_code == 200
    assert style.headers["content-type"].startswith("text/css")
    assert style.headers["cache-control"] == "max-age=3600"
    assert "javascript" in web.get("/static/admin/js/core.js").headers["content-type"]
    for path in (
        "/static/../apps.py",
        "/static/%2e%2e/apps.py",
        "/static/..%2fapps.py",
        "/static//etc/passwd",
    ):
        assert web.get(path).status_code in {400, 403, 404}, path


class Inline(HTMLParser):
    """Collects what a policy without unsafe-inline would stop."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        data = given.get("type") in {"application/json", "text/plain"}
        if tag == "style" or (tag == "script" and "src" not in given and not data):
            self.stopped.append(f"<{tag} {given}>")
        self.stopped += [f"<{tag} {name}=...>" for name in given if name == "style" or name.startswith("on")]
        if (given.get("href") or "").lower().startswith("javascript:"):
            self.stopped.append(f"<{tag} href=javascript:>")


def stopped_in(html: str) -> list[str]:
    parser = Inline()
    parser.feed(html)
    return parser.stopped


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        "<style>a{}</style>",
        '<p style="a">',
        '<p onclick="a">',
        '<a href="javascript:x">',
    ],
)
def test_the_search_finds_what_stands_inline(html: str) -> None:
    """The parser below is no empty gesture."""
    assert stopped_in(html)


@pytest.mark.django_db
def test_no_page_of_the_admin_has_inline_scripts_or_styles() -> None:
    """Login, index, every list, every form, deletion, history: all work under the policy, which each carries."""
    user = CustomerFactory(is_staff=True, is_superuser=True)
    client = Client()
    pages = ["/admin/login/"]
    assert stopped_in(client.get("/admin/login/").content.decode()) == []
    client.force_login(user, backend="accounts.backends.EmailOrPhoneBackend")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
    for page in ("change", "delete", "history"):
        pages.append(reverse(f"admin:accounts_user_{page}", args=[user.pk]))
    pages += [
        "/admin/",
        reverse("admin:auth_user_password_change", args=[user.pk]),
        "/admin/password_change/",
    ]

    for page in pages:
        answer = client.get(page)
        assert answer.status_code in {200, 302, 403}, page
        assert stopped_in(answer.content.decode()) == [], page
        assert "unsafe" not in answer["Content-Security-Policy"]
