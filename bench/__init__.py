"""Speed, as ratios within one run: never a part of the tests."""
