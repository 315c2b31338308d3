#!/usr/bin/env bash
# Install django-newsletter for `bench/test_peers.py`, in an environment of its own.
set -eu
venv="$(dirname "$0")/.venv-django"
"${PYTHON:-python3}" -m venv --clear "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check django-newsletter==1.2.1 sorl-thumbnail==13.4.0
"$venv/bin/python" -c "import newsletter"
