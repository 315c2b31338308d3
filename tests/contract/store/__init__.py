"""The ledger on both databases: one suite, so that neither promises more than the other."""
