"""The composition root: use cases over the rooms below. The only floor that names concrete adapters."""
