"""Many machines: work spread over workers by Procrastinate. The ledger decides what may be sent."""
