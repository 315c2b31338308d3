"""Editions and posts from values: letters as HTML, text and bytes, posts per network, pages to look at."""
