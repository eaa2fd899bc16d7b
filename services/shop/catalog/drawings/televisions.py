"""Televisions: one frame, three feet, four programmes."""

from catalog.drawings.svg import Look, Sketch, box, disc, fade, mix, oval, screen_fade, shape, stroke


def _programme(look: Look) -> str:
    match look.shape % 4:
        case 0:  # river and hills
            return (
                disc(520, 200, 36, "#fff1c9", opacity=0.9)
                + shape(
                    "M92 330 230 214 330 296 430 190 560 300 640 240 708 292V420H92Z", "#0e1a33", opacity=0.45
                )
                + shape("M92 366C220 330 330 392 460 356S640 360 708 346V420H92Z", "#ffffff", opacity=0.22)
            )
        case 1:  # a launcher with tiles
            return (
                box(124, 118, 552, 132, "#ffffff", 12, opacity=0.18)
                + box(148, 152, 168, 20, "#ffffff", 10, opacity=0.9)
                + box(148, 186, 110, 12, "#ffffff", 6, opacity=0.6)
                + "".join(
                    box(124 + 142 * i, 274, 126, 84, "#ffffff", 10, opacity=0.2 + 0.12 * i) for i in range(4)
                )
            )
        case 2:  # cricket by floodlight
            return (
                oval(400, 420, 300, 110, "#2f8f4e", clip_path="url(#p)")
                + oval(400, 420, 190, 66, "#47a862", clip_path="url(#p)")
                + shape("M376 330H424L440 420H360Z", "#d9c79a")
                + stroke("M386 286V344M400 286V344M414 286V344", "#fff6df", 6)
                + disc(520, 190, 14, "#e5483f")
                + stroke("M500 198 430 250", "#ffffff", 4, opacity=0.45)
                + stroke("M150 130V330M650 130V330", "#ffffff", 4, opacity=0.35)
                + box(124, 112, 52, 30, "#fffbe6", 6)
                + box(624, 112, 52, 30, "#fffbe6", 6)
            )
        case _:  # waves of colour
            return "".join(
                shape(
                    f"M92 {190 + 56 * i}C220 {110 + 60 * i} 340 {300 + 40 * i} 480 {190 + 56 * i}S640 {150 + 60 * i} 708 {210 + 50 * i}V420H92Z",
                    colour,
                    opacity=0.45,
                )
                for i, colour in enumerate((look.accent, "#ffd166", "#ef476f", "#118ab2"))
            )


def television(look: Look) -> Sketch:
    metal = mix("#2a2d34", look.body, 0.35)
    feet = (
        shape("M190 432 160 500H176L214 432ZM610 432 640 500H624L586 432Z", metal),
        box(352, 432, 96, 56, metal) + shape("M250 502Q250 484 290 484H510Q550 484 550 502Z", metal),
        shape("M220 432V496H150V504H250V432ZM580 432V496H650V504H550V432Z", metal),
    )[look.shape % 3]
    shapes = (
        feet
        + box(84, 82, 632, 354, metal, 8)
        + box(88, 86, 624, 346, "#0a0b0e", 6)
        + box(92, 90, 616, 330, "url(#s)", 3)
        + _programme(look)
        + shape("M92 90H330L180 420H92Z", "#ffffff", opacity=0.05)
        + box(380, 424, 40, 5, look.accent, 2)
    )
    clip = '<clipPath id="p"><path d="M92 90H708V420H92Z"/></clipPath>'
    return Sketch(fade("m", metal, "#111111") + screen_fade(look) + clip, shapes, (400, 270), (560, 340), 1.8)
