"""Routes: the API, the admin, pictures, health."""

from django.contrib import admin
from django.urls import include, path

from accounts.admin_login import login as admin_login
from config.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
    path("", include("ops.urls")),
    path("pictures/", include("catalog.urls")),
]

handler400 = "ops.views.bad_request"
handler403 = "ops.views.forbidden"
handler404 = "ops.views.not_found"
handler500 = "ops.views.server_error"
