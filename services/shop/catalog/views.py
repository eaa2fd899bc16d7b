"""Pictures: immutable, so every cache on the way may keep them; sandboxed, since SVG is a document."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.models import Picture
from ops.api import problem_response
from ops.errors import NotFound

PICTURE_MAX_AGE_SECONDS = 365 * 24 * 3600
PICTURE_CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'none'; sandbox"


@require_safe
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """The bytes named by their SHA-256; who names them in If-None-Match has them already, whatever we have."""
    etag = f'"{digest}"'
    if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    else:
        row = Picture.objects.filter(digest=digest).values_list("content", "content_type").first()
        if row is None:
            return problem_response(request, NotFound())
        content, content_type = row
        response = HttpResponse(bytes(content), content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={PICTURE_MAX_AGE_SECONDS}, immutable"
    response["Content-Security-Policy"] = PICTURE_CONTENT_SECURITY_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


def no_picture(request: HttpRequest, unknown: str) -> HttpResponse:
    """Whatever else is asked for among the pictures."""
    return problem_response(request, NotFound())
