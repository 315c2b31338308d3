"""What the ledger keeps in files: the SQLite database, the mark, the journal, values as JSON."""
