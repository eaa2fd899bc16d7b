"""Routes: the API, the admin, pictures, health."""

from django.contrib import admin
from django.urls import include, path

from config.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("", include("ops.urls")),
    path("pictures/", include("catalog.urls")),
]

handler400 = "ops.views.bad_request"
handler403 = "ops.views.forbidden"
handler404 = "ops.views.not_found"
handler500 = "ops.views.server_error"
