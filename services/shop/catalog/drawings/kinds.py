"""Every kind of device that can be drawn, by name."""

from collections.abc import Callable

from catalog.drawings import (
    accessories,
    air_conditioners,
    audio,
    cameras,
    computers,
    gaming,
    kitchen,
    phones,
    refrigerators,
    televisions,
    washing_machines,
    watches,
)
from catalog.drawings.svg import Look, Sketch

KINDS: dict[str, Callable[[Look], Sketch]] = {
    draw.__name__: draw
    for draw in (
        phones.smartphone,
        phones.button_phone,
        phones.tablet,
        computers.laptop,
        computers.gaming_laptop,
        computers.monitor,
        televisions.television,
        refrigerators.top_freezer,
        refrigerators.side_by_side,
        refrigerators.chest_freezer,
        air_conditioners.split,
        air_conditioners.portable,
        washing_machines.front_loader,
        washing_machines.top_loader,
        washing_machines.twin_tub,
        audio.headphones,
        audio.earbuds,
        audio.speaker,
        audio.sound_bar,
        cameras.mirrorless,
        cameras.action_camera,
        cameras.security_camera,
        watches.round_watch,
        watches.square_watch,
        watches.band,
        kitchen.blender,
        kitchen.microwave,
        kitchen.rice_cooker,
        kitchen.kettle,
        kitchen.air_fryer,
        kitchen.induction,
        gaming.controller,
        gaming.console,
        gaming.handheld,
        gaming.keyboard,
        accessories.power_bank,
        accessories.charger,
        accessories.router,
        accessories.drive,
        accessories.power_backup,
    )
}
