"""Seeds the catalogue: categories, brands, products with variants and drawn pictures."""

from collections.abc import Iterator
from itertools import islice, product

from django.utils.text import slugify

from catalog import services
from catalog.drawings import views
from catalog.drawings.kinds import KINDS
from catalog.drawings.svg import HEIGHT, WIDTH, Look
from catalog.models import Brand, Category, Product
from catalog.pictures import Drawing, store_drawings
from catalog.services import ProductDraft, VariantDraft
from seeding.assortment import CategoryEntry, Model, Pair, brands, categories, words
from seeding.bangla import DIGITS
from seeding.constants import chance, moment

MAXIMUM_VARIANTS = 4
DISCOUNTED_SHARE = 0.3
CHEAP_TIER = 0.3
DISCOUNT_PERCENTS = (5, 8, 10, 12, 15, 20)
OLDEST_PRODUCT_DAYS = 400
POISHA_PER_TAKA = 100


def seed_catalog() -> list[Product]:
    """Create the whole assortment; the same products, in the same order, each time."""
    entries = categories()
    by_slug = _categories(entries)
    brand_rows = Brand.objects.bulk_create(
        Brand(slug=entry.slug, name=entry.name[0]) for entry in brands().values()
    )
    brand_by_slug = {brand.slug: brand for brand in brand_rows}
    models = [(entry, model) for entry in entries for model in entry.models]
    ranks = _featured_ranks(entries)
    return services.create_products(
        drafts=[
            _draft(entry, model, by_slug[entry.slug], brand_by_slug[model.brand.slug], ranks[model])
            for entry, model in models
        ]
    )


def _categories(entries: tuple[CategoryEntry, ...]) -> dict[str, Category]:
    drawings = {}
    for position, entry in enumerate(entries):
        look = Look("#3a4252" if position % 2 else "#e4e7ec", "#0f766e", position)
        content = views.front(KINDS[entry.drawing](look), look)
        drawings[entry.slug] = Drawing(content, WIDTH, HEIGHT, *entry.name)
    store_drawings(drawings.values())
    rows = Category.objects.bulk_create(
        Category(
            slug=entry.slug,
            name_en=entry.name[0],
            name_bn=entry.name[1],
            picture_id=drawings[entry.slug].digest,
            position=position,
        )
        for position, entry in enumerate(entries)
    )
    return {row.slug: row for row in rows}


def _featured_ranks(entries: tuple[CategoryEntry, ...]) -> dict[Model, int]:
    """Mixed: the first of each category, then the second of each, and so on; the cheapest goods not in front."""
    mixed = []
    for position, entry in enumerate(entries):
        models = list(entry.models)
        chance("featured", entry.slug).shuffle(models)
        models.sort(key=lambda model: model.tier < CHEAP_TIER)
        mixed += [(place, position, model) for place, model in enumerate(models)]
    mixed.sort(key=lambda item: item[:2])
    return {model: rank for rank, (_, _, model) in enumerate(mixed, start=1)}


def _draft(entry: CategoryEntry, model: Model, category: Category, brand: Brand, rank: int) -> ProductDraft:
    name = _name(model)
    slug = slugify(name[0])
    dice = chance("product", slug)
    description = _description(entry, model, name)
    discount = dice.choice(DISCOUNT_PERCENTS) if dice.random() < DISCOUNTED_SHARE else 0
    return ProductDraft(
        slug=slug,
        category=category,
        brand=brand,
        name_en=name[0],
        name_bn=name[1],
        description_en=description[0],
        description_bn=description[1],
        variants=list(_variants(model, discount)),
        pictures=list(_pictures(model, name)),
        specifications=[_specification(*row) for row in _specifications(model)],
        warranty_months=model.kind.warranty_months,
        featured_rank=rank,
        attributes={
            "created_at": moment(
                days_ago=dice.randint(2, OLDEST_PRODUCT_DAYS), minutes=dice.randint(540, 1_200)
            )
        },
    )


def _name(model: Model) -> Pair:
    english, bangla = (
        pattern.format(brand=brand, code=code, size=size, noun=noun)
        for pattern, brand, code, size, noun in zip(
            model.kind.name,
            model.brand.name,
            model.code,
            (model.size, words().translate(model.size)),
            model.kind.noun,
            strict=True,
        )
    )
    return " ".join(english.split()), " ".join(bangla.split())


def _finishes(model: Model) -> list[str]:
    """The finishes of a model, each once: its colours, beginning at another one for each model."""
    distinct = list(dict.fromkeys(model.kind.finishes))
    start = model.number % len(distinct)
    return (distinct[start:] + distinct[:start])[: model.kind.colours]


def _variants(model: Model, discount: int) -> Iterator[VariantDraft]:
    stem = slugify(f"{model.brand.slug[:4]} {model.code[0]} {model.size}").upper()[:30].strip("-")
    pairs = islice(product(model.kind.choices, _finishes(model)), MAXIMUM_VARIANTS)
    for number, ((label, percent), finish) in enumerate(pairs, start=1):
        finish_en, finish_bn, _ = words().finishes[finish]
        taka = model.price_taka if not percent else _retail(model.price_taka * (100 + percent) / 100)
        yield VariantDraft(
            sku=f"{stem}-{number:02d}",
            name_en=f"{finish_en}, {label}" if label else finish_en,
            name_bn=f"{finish_bn}, {words().translate(label)}" if label else finish_bn,
            price_poisha=taka * POISHA_PER_TAKA,
            compare_at_poisha=_retail(taka * (100 + discount) / 100) * POISHA_PER_TAKA if discount else None,
        )


def _retail(taka: float) -> int:
    """Rounded up to a price as shops write it, ending in 90."""
    return (int(taka) // 100 + 1) * 100 - 10


def _pictures(model: Model, name: Pair) -> Iterator[Drawing]:
    finishes = _finishes(model)

    def drawing(finish: str, view: str, en: str, bn: str) -> Drawing:
        look = Look(words().finishes[finish][2], model.brand.colour, model.number)
        sketch = KINDS[model.kind.drawing](look)
        match view:
            case "front":
                content = views.front(sketch, look)
            case "closeup":
                content = views.closeup(sketch, look)
            case _:
                content = views.carton(sketch, look, brand=model.brand.name[0])
        return Drawing(content, WIDTH, HEIGHT, f"{name[0]}, {en}", f"{name[1]}, {bn}")

    yield drawing(finishes[0], "front", "front", "সামনে থেকে")
    yield drawing(finishes[0], "closeup", "close-up", "কাছ থেকে")
    for finish in finishes[1:2]:
        finish_en, finish_bn, _ = words().finishes[finish]
        yield drawing(finish, "front", finish_en.lower(), finish_bn)
    yield drawing(finishes[0], "carton", "in its box", "বাক্সসহ")


def _specifications(model: Model) -> Iterator[tuple[Pair, Pair]]:
    translate = words().translate
    yield ("Model", "মডেল"), model.code
    if model.size:
        yield ("Size", "আকার"), (model.size, translate(model.size))
    for name, values in model.kind.specs:
        value = values[int(model.tier * len(values))]
        yield name, (value, translate(value))
    months = model.kind.warranty_months
    yield ("Warranty", "ওয়ারেন্টি"), (f"{months} months", f"{months} মাস".translate(DIGITS))


def _specification(name: Pair, value: Pair) -> dict[str, dict[str, str]]:
    return {"name": {"en": name[0], "bn": name[1]}, "value": {"en": value[0], "bn": value[1]}}


def _description(entry: CategoryEntry, model: Model, name: Pair) -> Pair:
    dice = chance("description", *name)
    features = dice.sample(model.kind.features, k=min(2, len(model.kind.features)))
    sentences = [dice.choice(entry.openings), *features, *dice.sample(words().closings, k=2)]
    english, bangla = (
        " ".join(
            sentence[language].format(
                name=name[language], brand=model.brand.name[0], brand_bn=model.brand.name[1]
            )
            for sentence in sentences
        )
        for language in (0, 1)
    )
    return english, bangla
