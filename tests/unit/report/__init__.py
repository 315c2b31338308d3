"""Figures: what they count, and what they never guess."""
