"""The nouns of the glossary: frozen dataclasses and enums, one small module a subject, no I/O."""
