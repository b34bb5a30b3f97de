#!/usr/bin/env bash
# Schemathesis, which sends what a document of an API allows, and what it does not (tests/schemathesis).
#
#   schemathesis.sh        prints the path of its program; fails where it can't be had
set -euo pipefail
folder=$("$(dirname "${BASH_SOURCE[0]}")/venv.sh" schemathesis-venv tests/schemathesis/requirements.txt schemathesis)
echo "$folder/bin/schemathesis"
