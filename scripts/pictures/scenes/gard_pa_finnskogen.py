"""A log-built farm high on a snowy slope, with blue hills behind."""

from pictures.buildings import SLOPE, House, chimney, door, house, windows
from pictures.canvas import Sheet
from pictures.colour import BARK, LAKE, NIGHT, SPRUCE, mix
from pictures.land import below, lane, ridges
from pictures.lines import curved, knots, points, shifted, slab
from pictures.sky import clouds, sunrise
from pictures.trees import birch, forest, spruces

HILLS = """
    338,0,0 330,60,190 900,44,240; 362,7,15 80,56,200 640,66,220 1160,50,160;
    392,11,23 420,64,240 980,40,200; 428,15,31 140,62,220 760,34,240;
    472,19,39 360,58,240 20,40,140; 560,23,47 120,66,170 420,40,150
"""
SNOWY = "#f1f3f4"
HOME = House(690, 562, 190, 68, 88, 64, "#8f6b4a", SNOWY, trim="#f6f2e6", snow=True)
BARN = House(962, 566, 170, 76, 92, 78, "#8a7763", SNOWY, trim="#8a7763", snow=True)
SAUNA = House(556, 558, 76, 34, 44, 34, "#6f5b4a", SNOWY, trim="#6f5b4a", snow=True)
DOORS = (
    ("box", "#6a5846", "1016,508,60,56"),
    ("line", "#8a7763", "1016,508,4 1076,564; 1076,508,4 1016,564"),
    ("box", "#4f4035", "584,534,16,22"),
)
LOG_ENDS = ("#c9a06a", "#b98c58", "#d6b480")


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    sunrise(sheet, 150, 300, "#ffe3b4", "#fbe9cd", "#ece9e2", "#c9dae6", "#a5c3d8", radius=34)
    clouds(sheet, "640,90,340 350,170,180", "#fdf9f2")
    ridges(sheet, HILLS, "#b9cbdb", mix(LAKE, SPRUCE, 0.6), "#f6e9d6", "#fdf0dc")
    slope = curved("-60,660 120,622 330,560 540,506 760,470 980,462 1260,474")
    below(sheet, slope, "#eef0f1")
    for shift, tone in ((46, "#e6ebf0"), (120, "#dfe6ed"), (210, "#e9edf1")):
        below(sheet, shifted(slope, shift, 12, 130), tone)
    wood = [(x, y + 6) for x, y in slope if x > 840]
    forest(sheet, wood, mix(SPRUCE, LAKE, 0.25), 40, 96)
    _farm(sheet)
    _fence(sheet)
    spruces(
        sheet,
        "1170,640,330 1222,724,520 60,742,260 -12,800,400",
        mix(SPRUCE, "#23455a", 0.25),
        "#f5f6f5",
        "#c3d0dd",
    )


def _farm(sheet: Sheet) -> None:
    """Draw a log house, a barn and a small smoke sauna, a wood pile and the track to the yard."""
    for x, y, wide in knots("566,556,110 700,560,230 962,566,200"):
        sheet.shape(points("0,0 1,0 1.8,-0.04 2.1,0.1 0.7,0.14", x, y, wide), "#bccbdb")
    birch(sheet, 656, 556, 250, shade="#c3cbd2")
    chimney(sheet, HOME, 0.42, smoke="#f4efe6")
    chimney(sheet, SAUNA, 0.7, smoke="#f4efe6")
    for plan in (BARN, HOME, SAUNA):
        house(sheet, plan)
        _logs(sheet, plan)
    sheet.stamp(DOORS)
    windows(sheet, "710,512,22,25 752,512,22,25 836,512,22,25")
    windows(sheet, "904,506,18,24", slope=SLOPE)
    door(sheet, 790, 506, 27, 56, mix(SPRUCE, LAKE, 0.2), "#ffe2a0")
    for row in range(4):
        for k in range(9 - row):
            sheet.oval(904 + k * 8 + row * 4, 566 - row * 7, 4, 3.6, LOG_ENDS[(k + row) % 3])
    sheet.shape(curved("898,543 920,535 950,535 974,545 898,545"), "#f4f5f4")
    track = knots("802,566,20 770,590,26 660,630,42 560,690,66 520,760,104 560,830,150")
    lane(sheet, track, (1.12, 0.0, "#f9faf9"), (1.0, 0.0, "#ccd8e3"))
    lane(sheet, track, (0.17, -0.26, "#b7c6d6"), (0.17, 0.26, "#b7c6d6"))


def _logs(sheet: Sheet, plan: House) -> None:
    """Turn a boarded wall into logs, with their ends showing at the corners."""
    courses = max(5, round(plan.height / 8))
    step = plan.height * 0.93 / courses
    for row in range(courses):
        y, pale = plan.top + row * step, row % 2
        sheet.box(plan.x, y, plan.width, step - 1.2, mix(plan.wall, "#f0d9ae", 0.12 + 0.1 * pale))
        sheet.box(plan.x, y + step - 1.6, plan.width, 1.4, mix(plan.wall, BARK, 0.7))
        gable = slab(plan.right, y, plan.depth, step - 1.2, SLOPE)
        sheet.shape(gable, mix(mix(plan.wall, NIGHT, 0.32), "#f0d9ae", 0.04 * pale))
        far = (plan.right + plan.depth - 2, y - SLOPE * plan.depth)
        for left, top in ((plan.x - 3, y), (plan.right - 2, y), far):
            sheet.box(left, top + 0.6, 5, step - 2.2, mix(plan.wall, "#f0d9ae", 0.3))


def _fence(sheet: Sheet) -> None:
    """Draw a fence of slanting split poles held by pairs of uprights."""
    line = curved("120,800 250,742 400,696 560,662 720,640 900,628 1080,622")[::5]
    dark, light = "#6d5a49", "#a08a70"
    sizes = [1.5 - 1.05 * index / len(line) for index in range(len(line))]
    for index, ((x, y), near) in enumerate(zip(line[:-1], sizes, strict=False)):
        after = line[min(index + 3, len(line) - 1)]
        for k in range(3):
            low = (x - 8 * near, y + near * (2 - 8.8 * k), 3.6 * near)
            high = (after[0], after[1] - near * (18.5 + 7.9 * k), 2.6 * near)
            sheet.ribbon([low, high], light if k % 2 else mix(light, dark, 0.35))
    post = (
        ("line", dark, "-3.4,4,3.6 -2,-49,2.4; 3.4,4,3.6 2,-49,2.4"),
        ("oval", "#f7f8f7", "0,-49,4.6,2.6; 0,5,10,3"),
    )
    for (x, y), near in zip(line, sizes, strict=True):
        sheet.stamp(post, x, y, near)
