"""Tests of the public pages, with Flask's own client and a real ledger."""
