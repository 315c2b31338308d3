"""What goes out when, to whom and why: pure decisions over workspace, settings, ledger facts and a clock."""
