"""Everything that is tested, by kind of test."""
