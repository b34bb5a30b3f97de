#!/usr/bin/env bash
# The Python that has FastAPI Users, for tests against the original (tests/drop_in).
#
#   python.sh        prints its path; fails where it can't be had
set -euo pipefail
folder=$("$(dirname "${BASH_SOURCE[0]}")/venv.sh" drop-in-venv tests/drop_in/requirements.txt fastapi_users)
echo "$folder/bin/python"
