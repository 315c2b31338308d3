"""comms.yaml, the environment and secret files, read as settings."""
