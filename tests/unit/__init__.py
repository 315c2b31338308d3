"""One module at a time, no servers."""
