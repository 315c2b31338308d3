"""Reading text, pure: Markdown and YAML with positions, Swedish sentences, posts' segments and lengths."""
