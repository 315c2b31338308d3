"""What goes out when, to whom and why: pure decisions over a workspace, settings, ledger facts and a clock."""
