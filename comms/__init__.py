"""comms: one story in Markdown becomes municipal newsletters and scheduled posts, each delivered once."""

__version__ = "26.11"
