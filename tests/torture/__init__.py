"""The proof: senders that are killed at random and on purpose, a relay that fails, and a sink that counts."""
