"""Rendering: editions, letters as bytes, posts, pages."""
