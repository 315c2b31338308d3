"""Tests of the plan: when, what, to whom, and whether it still is what was approved."""
