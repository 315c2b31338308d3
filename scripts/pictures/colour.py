"""The colours that the pictures share."""

from PIL import ImageColor

PAPER = "#f7f4ec"
WHITE = "#fbf9f3"  # painted wood: corners, frames
SNOW = "#f4f5f3"
SPRUCE = "#1f4d3a"
FOREST = "#2f6b4f"
MOSS = "#6f7f2a"
GOLD = "#c58b1b"
LAKE = "#2b6a8c"
NIGHT = "#17324a"
FALU = "#93292f"
LINGON = "#a3273b"
BARK = "#4a3b30"
LAMP = "#ffd98a"


def mix(first: str, second: str, share: float) -> str:
    """Return the colour that lies `share` of the way from the first to the second."""
    pairs = zip(ImageColor.getrgb(first), ImageColor.getrgb(second), strict=True)
    red, green, blue = (round(a + (b - a) * share) for a, b in pairs)
    return f"#{red:02x}{green:02x}{blue:02x}"
