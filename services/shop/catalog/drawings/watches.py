"""Smart watches, round and square, and bands."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, fade, mix, screen_fade, shape, stroke


def _strap(look: Look, left: float, right: float, top: float, bottom: float) -> str:
    band = mix(look.accent, "#20242c", 0.55) if look.shape % 2 else mix(look.body, "#000000", 0.25)
    narrow = 22
    holes = "".join(box(390, 476 - 18 * i, 20, 7, mix(band, "#000000", 0.4), 3) for i in range(2))
    return (
        shape(f"M{left} {top + 30}L{left + narrow} 44Q400 30 {right - narrow} 44L{right} {top + 30}Z", band)
        + shape(
            f"M{left} {bottom - 30}L{left + narrow} 532Q400 546 {right - narrow} 532L{right} {bottom - 30}Z",
            band,
        )
        + shape(
            f"M{left + 14} {top + 30}L{left + narrow + 14} 50H{left + narrow + 26}L{left + 34} {top + 30}Z",
            "#ffffff",
            opacity=0.12,
        )
        + moved_down(holes)
    )


def moved_down(content: str) -> str:
    return f'<g transform="translate(0 26)">{content}</g>'


def _face(look: Look, x: float = 400, y: float = 288) -> str:
    match look.shape % 3:
        case 0:  # hands
            return (
                stroke(f"M{x} {y}V{y - 72}", "#ffffff", 9)
                + stroke(f"M{x} {y}L{x + 48} {y + 24}", "#ffffff", 7)
                + stroke(f"M{x} {y}L{x - 40} {y + 56}", mix(look.accent, "#ff8a5c", 0.5), 4)
                + disc(x, y, 9, "#ffffff")
                + disc(
                    x,
                    y,
                    102,
                    "none",
                    stroke="#ffffff",
                    stroke_width=14,
                    stroke_opacity=0.7,
                    stroke_dasharray="5 48.41",
                )
            )
        case 1:  # rings
            return "".join(
                disc(x, y, r, "none", stroke=colour, stroke_width=15, stroke_opacity=0.25)
                + disc(
                    x,
                    y,
                    r,
                    "none",
                    stroke=colour,
                    stroke_width=15,
                    stroke_linecap="round",
                    stroke_dasharray=f"{r * turn:.0f} 999",
                )
                for r, colour, turn in ((88, "#ff5d73", 4.8), (66, "#9ef01a", 3.9), (44, "#4cc9f0", 5.4))
            )
        case _:  # digits and a pulse
            return (
                f'<text x="{x:g}" y="{y - 6:g}" font-family="Arial,sans-serif" font-weight="700" font-size="66" text-anchor="middle" fill="#fff">10:09</text>'
                + stroke(
                    f"M{x - 88} {y + 52}H{x - 34}L{x - 16} {y + 24}L{x + 8} {y + 80}L{x + 24} {y + 52}H{x + 88}",
                    mix(look.accent, "#ff8fa0", 0.5),
                    6,
                )
                + box(x - 40, y - 92, 80, 10, "#ffffff", 5, opacity=0.55)
            )


def round_watch(look: Look) -> Sketch:
    shapes = (
        _strap(look, 312, 488, 150, 430)
        + box(548, 240, 24, 40, look.edge, 8)
        + box(546, 312, 20, 30, look.edge, 8)
        + disc(400, 290, 160, look.edge)
        + disc(400, 288, 158, "url(#m)")
        + disc(400, 288, 136, "#08090c")
        + disc(400, 288, 124, "url(#s)", opacity=0.55)
        + _face(look)
        + stroke("M296 210A130 130 0 0 1 360 164", "#ffffff", 6, opacity=0.35)
    )
    return Sketch(body_fade(look) + screen_fade(look), shapes, (400, 120), (430, 270), 1.9, 548)


def square_watch(look: Look) -> Sketch:
    shapes = (
        _strap(look, 302, 498, 140, 440)
        + box(536, 228, 22, 54, look.edge, 9)
        + box(264, 120, 276, 336, look.edge, 74)
        + box(268, 122, 268, 330, "url(#m)", 71)
        + box(282, 136, 240, 302, "#08090c", 60)
        + box(292, 146, 220, 282, "url(#s)", 52, opacity=0.6)
        + _face(look)
    )
    return Sketch(body_fade(look) + screen_fade(look), shapes, (400, 130), (430, 270), 1.9, 548)


def band(look: Look) -> Sketch:
    strap = mix(look.accent, "#1d2129", 0.6)
    shapes = (
        box(352, 28, 96, 520, strap, 44)
        + box(360, 36, 14, 504, "#ffffff", 7, opacity=0.1)
        + "".join(box(390, 446 + 20 * i, 20, 8, mix(strap, "#000000", 0.4), 4) for i in range(4))
        + box(332, 130, 136, 296, look.edge, 66)
        + box(335, 132, 130, 290, "url(#m)", 63)
        + box(344, 142, 112, 270, "#08090c", 54)
        + box(350, 150, 100, 254, "url(#s)", 48, opacity=0.6)
        + '<text x="400" y="246" font-family="Arial,sans-serif" font-weight="700" font-size="46" text-anchor="middle" fill="#fff">10</text>'
        + '<text x="400" y="292" font-family="Arial,sans-serif" font-weight="700" font-size="46" text-anchor="middle" fill="#fff">09</text>'
        + stroke("M364 332H382L390 316 404 350 412 332H436", "#ff8fa0", 4)
        + disc(400, 376, 9, "#57e08f")
    )
    return Sketch(
        body_fade(look) + screen_fade(look) + fade("t", strap, strap), shapes, (400, 66), (400, 260), 1.9, 550
    )
