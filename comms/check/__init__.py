"""Checking: one pure function a rule, one table of rules, problems in the author's words."""
