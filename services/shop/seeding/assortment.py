"""The assortment as it is written down in data/*.toml: categories, kinds of goods, brands, models and prices."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from seeding.bangla import Translator

DATA = Path(__file__).parent / "data"
Pair = tuple[str, str]  # English, Bangla


@dataclass(frozen=True)
class BrandEntry:
    slug: str
    name: Pair
    colour: str


@dataclass(frozen=True)
class Kind:
    """One kind of goods. ``specs`` are (name, values from the cheapest goods to the dearest)."""

    drawing: str
    noun: Pair
    name: Pair
    finishes: tuple[str, ...]
    colours: int
    choices: tuple[tuple[str, int], ...]  # label, percent added to the price
    warranty_months: int
    specs: tuple[tuple[Pair, tuple[str, ...]], ...]
    features: tuple[Pair, ...]


@dataclass(frozen=True)
class Model:
    """One product: ``tier`` from 0 to 1 is its place among the prices of its kind, ``number`` its place in the list."""

    kind: Kind
    brand: BrandEntry
    code: Pair
    size: str
    price_taka: int
    number: int
    tier: float


@dataclass(frozen=True)
class CategoryEntry:
    slug: str
    name: Pair
    drawing: str
    openings: tuple[Pair, ...]
    models: tuple[Model, ...]


@dataclass(frozen=True)
class Words:
    finishes: dict[str, tuple[str, str, str]]  # English, Bangla, colour
    closings: tuple[Pair, ...]
    translate: Translator


@cache
def words() -> Words:
    data = _read("words.toml")
    return Words(
        finishes={slug: tuple(entry) for slug, entry in data["finishes"].items()},
        closings=_pairs(data["closings"]["texts"]),
        translate=Translator(data["values"]),
    )


@cache
def brands() -> dict[str, BrandEntry]:
    return {
        slug: BrandEntry(slug, (name, name_bn), colour)
        for slug, (name, name_bn, colour) in _read("brands.toml").items()
    }


@cache
def categories() -> tuple[CategoryEntry, ...]:
    """In the order of the shop's menu: by file name."""
    return tuple(_category(_read(f"goods/{path.name}")) for path in sorted((DATA / "goods").glob("*.toml")))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _pairs(entries: list[list[str]]) -> tuple[Pair, ...]:
    return tuple((en, bn) for en, bn in entries)


def _category(data: dict[str, Any]) -> CategoryEntry:
    return CategoryEntry(
        slug=data["slug"],
        name=(data["name"][0], data["name"][1]),
        drawing=data["picture"],
        openings=_pairs(data["openings"]),
        models=tuple(model for drawing, kind in data["kinds"].items() for model in _models(drawing, kind)),
    )


def _models(drawing: str, data: dict[str, Any]) -> Iterator[Model]:
    kind = Kind(
        drawing=drawing,
        noun=(data["noun"][0], data["noun"][1]),
        name=(data["name"][0], data["name"][1]),
        finishes=tuple(data["finishes"]),
        colours=data.get("colours", 1),
        choices=tuple((label, percent) for label, percent in data.get("choices", [["", 0]])),
        warranty_months=data["warranty"],
        specs=tuple(((name, name_bn), tuple(values)) for name, name_bn, *values in data["specs"]),
        features=_pairs(data["features"]),
    )
    rows = [
        (brand, (series, series_bn), entry.strip())
        for brand, series, series_bn, entries in data["lines"]
        for entry in entries.split(";")
    ]
    prices = sorted(int(entry.rpartition("=")[2]) for _, _, entry in rows)
    for number, (brand, series, entry) in enumerate(rows):
        named, _, price = entry.rpartition("=")
        code, _, size = (part.strip() for part in named.partition("@"))
        yield Model(
            kind=kind,
            brand=brands()[brand],
            code=(f"{series[0]} {code}".strip(), f"{series[1]} {code}".strip()),
            size=size,
            price_taka=int(price),
            number=number,
            tier=prices.index(int(price)) / len(prices),
        )
