#!/usr/bin/env bash
# Install Mailman 3's core for `bench/test_peers.py`, in an environment of its own.
set -eu
venv="$(dirname "$0")/.venv-mailman"
"${PYTHON:-python3}" -m venv --clear "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check mailman==3.3.10
"$venv/bin/python" -c "import mailman.bin.runner"
