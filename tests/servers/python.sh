#!/usr/bin/env bash
# The Python that has FastAPI Users, for tests against the original (tests/drop_in).
#
#   python.sh        prints its path; fails where it can't be had
#
# It is a virtual environment in Cargo's target folder, made once and anew when requirements.txt changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

requirements=tests/drop_in/requirements.txt
folder=${CARGO_TARGET_DIR:-target}/drop-in-venv
mkdir -p "$(dirname "$folder")"
folder=$(cd "$(dirname "$folder")" && pwd -P)/drop-in-venv
stamp=$folder/requirements.sha256

fresh() {
    sha256sum --status --check "$stamp" 2>/dev/null && "$folder/bin/python" -c "import fastapi_users" 2>/dev/null
}

# Of several runs at once, one makes it.
exec 9>"$folder.lock"
flock 9
if ! fresh; then
    echo "    FastAPI Users is installed for the tests against it (once)" >&2
    rm -rf "$folder"
    python3 -m venv "$folder" >&2
    "$folder/bin/python" -m pip install --quiet --retries 2 --disable-pip-version-check \
        --requirement "$requirements" >&2
    sha256sum "$requirements" >"$stamp"
fi
echo "$folder/bin/python"
