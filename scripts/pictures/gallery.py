"""The twelve pictures by file name, and how they are written."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pictures.canvas import Sheet
from pictures.scenes import (
    bro_over_klaralven,
    bygdegard_i_vinterkvall,
    fonster_i_verkstad,
    gard_pa_finnskogen,
    lanthandel_i_skymning,
    led_i_hostskog,
    sju_kullar,
    skidspar_i_syssleback,
    solceller_i_uddeholm,
    spang_i_glaskogen,
    utsikt_fran_klatten,
    vass_vid_vanern,
)

OUT = Path(__file__).resolve().parents[2] / "content" / "pictures"

# Each picture has a seed of its own, so that a change to one leaves the others as they are.
PICTURES: dict[str, tuple[Callable[[Sheet], None], int]] = {
    "sju-kullar": (sju_kullar.draw, 7),
    "spang-i-glaskogen": (spang_i_glaskogen.draw, 11),
    "utsikt-fran-klatten": (utsikt_fran_klatten.draw, 23),
    "bygdegard-i-vinterkvall": (bygdegard_i_vinterkvall.draw, 31),
    "solceller-i-uddeholm": (solceller_i_uddeholm.draw, 41),
    "bro-over-klaralven": (bro_over_klaralven.draw, 53),
    "lanthandel-i-skymning": (lanthandel_i_skymning.draw, 61),
    "skidspar-i-syssleback": (skidspar_i_syssleback.draw, 71),
    "led-i-hostskog": (led_i_hostskog.draw, 83),
    "fonster-i-verkstad": (fonster_i_verkstad.draw, 97),
    "gard-pa-finnskogen": (gard_pa_finnskogen.draw, 103),
    "vass-vid-vanern": (vass_vid_vanern.draw, 109),
}


def draw_pictures(names: Sequence[str]) -> None:
    """Draw the named pictures, or all, into content/pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name in names or PICTURES:
        draw, seed = PICTURES[name]
        sheet = Sheet(seed)
        draw(sheet)
        sheet.save(OUT / f"{name}.png")
