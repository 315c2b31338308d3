"""The world in: the folder that an organisation edits, as values with problems that name their place."""
