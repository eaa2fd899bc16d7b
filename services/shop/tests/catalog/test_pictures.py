"""Pictures: kept only when they merely draw, and served so that caches never ask twice."""

import hashlib

import pytest
from django.test import Client

from catalog.errors import UnsafePicture
from catalog.models import Picture
from catalog.pictures import MAXIMUM_PICTURE_BYTES, check_svg
from catalog.services import add_picture
from tests.factories import PictureFactory

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">{}</svg>'


def svg(inner: str) -> bytes:
    return SVG.format(inner).encode()


@pytest.mark.django_db
def test_a_picture_is_served_for_ever_and_in_a_sandbox(api: Client) -> None:
    """Its bytes, its type, a year's immutable cache, its own policy, no sniffing, and no cookie."""
    picture = PictureFactory()

    response = api.get(f"/pictures/{picture.digest}.svg")

    assert (response.status_code, response.content) == (200, picture.content)
    assert hashlib.sha256(response.content).hexdigest() == picture.digest
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["ETag"] == f'"{picture.digest}"'
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.django_db
def test_who_has_the_picture_is_told_so(api: Client) -> None:
    """304 without a body and without a query."""
    picture = PictureFactory()

    response = api.get(f"/pictures/{picture.digest}.svg", headers={"if-none-match": f'"{picture.digest}"'})

    assert (response.status_code, response.content) == (304, b"")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["0" * 64 + ".svg", "x.svg", "0" * 64, "A" * 64 + ".svg", "../etc/passwd", "%00.svg", "a/b"]
)
def test_what_is_not_there_is_not_found(api: Client, name: str) -> None:
    """An unknown digest and every other name: a problem document."""
    response = api.get(f"/pictures/{name}")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_pictures_are_only_read(api: Client) -> None:
    """HEAD is answered, unsafe methods are not."""
    picture = PictureFactory()

    assert api.head(f"/pictures/{picture.digest}.svg").status_code == 200
    assert api.post(f"/pictures/{picture.digest}.svg").status_code in {403, 405}


@pytest.mark.parametrize(
    "content",
    [
        svg("<script>alert(1)</script>"),
        svg('<rect onclick="alert(1)"/>'),
        svg('<rect style="fill:red"/>'),
        svg('<a href="https://example.com"><rect/></a>'),
        svg('<image href="https://example.com/a.png"/>'),
        svg('<use href="https://example.com/a.svg#b"/>'),
        svg('<rect fill="url(https://example.com/a)"/>'),
        svg('<rect fill="url(#a) url(https://example.com/a)"/>'),
        svg("<rect fill=\"URL ( 'https://example.com/a')\"/>"),
        svg('<rect fill="u\\72l(https://example.com/a)"/>'),
        svg("<foreignObject/>"),
        svg('<h:p xmlns:h="http://www.w3.org/1999/xhtml"/>'),
        svg("<style>*{}</style>"),
        svg('<rect x="1"'),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("<text>a</text>"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("<text>&a;</text>").decode()).encode("utf-16"),
        ('<?xml-stylesheet href="https://example.com/a.css"?>' + svg("<rect/>").decode()).encode("utf-16"),
        b"<html/>",
        b"",
        b"\x00\xff",
        svg("<g/>" * MAXIMUM_PICTURE_BYTES),
    ],
)
def test_what_could_do_more_than_draw_is_refused(content: bytes) -> None:
    """Scripts, handlers, styles, references to the outside, entities, other documents, too much."""
    with pytest.raises(UnsafePicture):
        check_svg(content)


def test_a_plain_drawing_is_taken() -> None:
    """The guard lets pass what it should."""
    check_svg(svg('<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use href="#a"/>'))


@pytest.mark.django_db
def test_the_same_drawing_is_kept_once() -> None:
    """By its digest, with the size of its view box."""
    first, second = add_picture(content=svg("<rect/>")), add_picture(content=svg("<rect/>"))

    assert first == second == Picture.objects.get()
    assert (first.width, first.height) == (40, 30)


@pytest.mark.parametrize("box", ["", "0 0 0 9", "0 0 1e999 1", "0 0 a b", "0 0 10", "0 0 nan 5"])
def test_a_drawing_without_a_size_is_refused(box: str) -> None:
    """The layout of a page needs its measure."""
    with pytest.raises(UnsafePicture):
        add_picture(content=f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"/>'.encode())
