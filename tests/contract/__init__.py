"""What every implementation of a promise must keep."""
