"""Tests of use cases that need no workspace."""
