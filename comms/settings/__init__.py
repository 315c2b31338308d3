"""What an organisation has set: comms.yaml, the environment and secret files as one `Settings`."""
