"""Reading text: Markdown, Swedish, posts."""
