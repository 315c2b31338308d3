"""`python -m comms` is `comms`."""

from comms.cli import main

if __name__ == "__main__":
    main()
