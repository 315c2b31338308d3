"""The outbox loop on a real ledger: every delivery ends in a named state, and one fault stops one copy."""
