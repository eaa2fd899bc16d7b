"""Cameras to hold, to wear, and to watch the door."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, mix, oval, shape, stroke


def _lens(x: float, y: float, r: float, ring: str) -> str:
    return (
        disc(x, y, r, "#0d0f14")
        + disc(x, y, r * 0.93, "#23272f")
        + disc(x, y, r * 0.82, "none", stroke=ring, stroke_width=4)
        + disc(x, y, r * 0.7, "#0c0e13")
        + disc(x, y, r * 0.55, "#1d2b55")
        + disc(x, y, r * 0.3, "#5a3c86")
        + oval(x - r * 0.22, y - r * 0.26, r * 0.17, r * 0.11, "#dfe9ff", opacity=0.8)
    )


def mirrorless(look: Look) -> Sketch:
    """A system camera with its lens."""
    top = mix(look.body, "#ffffff", 0.18) if look.shape % 2 else "#c9cdd3"
    grip = mix(look.body, "#000000", 0.45)
    shapes = (
        shape("M322 166 344 104H456L478 166Z", top)
        + box(372, 122, 56, 12, look.accent, 6)
        + box(160, 160, 480, 320, grip, 34)
        + shape("M160 216V194Q160 160 194 160H606Q640 160 640 194V216Z", top)
        + box(160, 214, 480, 222, "url(#m)")
        + box(160, 214, 104, 222, grip)
        + stroke("M178 236v180m14 0v-180m14 0v180m14 0v-180m14 0v180", "#ffffff", 2, opacity=0.09)
        + box(190, 136, 70, 30, grip, 8)
        + disc(560, 150, 36, grip)
        + disc(560, 146, 30, "#4b515d")
        + disc(212, 150, 12, look.accent)
        + _lens(420, 322, 146, look.accent)
        + box(582, 240, 36, 20, "#fff3cf", 6)
        + disc(292, 246, 8, "#d5483f")
    )
    return Sketch(body_fade(look), shapes, (400, 250), (430, 300), 1.9, 484)


def action_camera(look: Look) -> Sketch:
    """Small, square and waterproof."""
    shapes = (
        box(212, 138, 376, 300, look.edge, 44)
        + box(216, 142, 368, 292, "url(#m)", 41)
        + box(304, 120, 74, 24, look.accent, 10)
        + box(236, 234, 150, 168, "#10131a", 18)
        + box(248, 246, 126, 144, mix(look.accent, "#17305a", 0.5), 10)
        + shape("M248 350 290 300 320 334 346 310 374 340V390H248Z", "#ffffff", opacity=0.3)
        + box(422, 168, 136, 136, "#0d0f14", 34)
        + _lens(490, 236, 60, "#6b7280")
        + box(240, 176, 92, 14, look.accent, 7)
        + "".join(box(430 + 26 * i, 350, 14, 44, look.edge, 7) for i in range(5))
        + shape("M350 438H376V486H350ZM388 438H414V486H388ZM426 438H452V486H426Z", "#23272f")
        + box(330, 478, 142, 26, "#2f343e", 10)
    )
    return Sketch(body_fade(look, down=True), shapes, (400, 180), (480, 240), 1.9)


def security_camera(look: Look) -> Sketch:
    """A watching eye on a foot."""
    shapes = (
        oval(400, 488, 128, 24, look.edge)
        + oval(400, 480, 128, 24, look.body)
        + shape("M366 380H434L452 480H348Z", "url(#m)")
        + disc(400, 246, 170, look.edge)
        + disc(400, 242, 168, "url(#m)")
        + shape("M262 210C300 120 500 120 538 210L528 300C480 350 320 350 272 300Z", "#12151c")
        + _lens(400, 238, 78, look.accent)
        + disc(296, 240, 7, "#57e08f")
        + "".join(disc(488 + 15 * (i % 2), 222 + 16 * (i // 2), 4, "#3c4350") for i in range(6))
        + box(362, 366, 76, 10, look.accent, 5)
        + stroke("M270 160C300 112 350 92 400 90", "#ffffff", 8, opacity=0.55)
    )
    return Sketch(body_fade(look), shapes, (400, 140), (400, 250), 1.9, 506)
