"""Figures of what was told, of whom and on what ground: values in, values out, no formatting."""
