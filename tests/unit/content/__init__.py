"""The folder that an organisation edits, read as values with problems."""
