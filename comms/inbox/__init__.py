"""The world back: what relays and mailboxes know of letters that were handed over."""
