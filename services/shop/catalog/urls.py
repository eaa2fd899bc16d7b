from django.urls import path, re_path

from catalog import views

urlpatterns = [
    re_path(r"^(?P<digest>[0-9a-f]{64})\.svg$", views.picture),
    path("<path:unknown>", views.no_picture),
]
