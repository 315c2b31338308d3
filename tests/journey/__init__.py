"""The whole product: files on disk, the command line, the ledger, what came out."""
