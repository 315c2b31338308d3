"""Servers and examples that behave as the real ones do, on loopback."""
