"""Rules: what each finds, what each leaves alone, and how exemptions count."""
