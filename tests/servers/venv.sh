#!/usr/bin/env bash
# A virtual environment of Python's in Cargo's target folder, made once and anew when its requirements change.
#
#   venv.sh NAME REQUIREMENTS MODULE      prints its folder; fails where it can't be had
#
# MODULE is one that must be there after it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

name=$1 requirements=$2 module=$3
folder=${CARGO_TARGET_DIR:-target}/$name
mkdir -p "$(dirname "$folder")"
folder=$(cd "$(dirname "$folder")" && pwd -P)/$name
stamp=$folder/requirements.sha256

fresh() {
    sha256sum --status --check "$stamp" 2>/dev/null && "$folder/bin/python" -c "import $module" 2>/dev/null
}

# Of several runs at once, one makes it.
exec 9>"$folder.lock"
flock 9
if ! fresh; then
    echo "    $module is installed for the tests (once)" >&2
    rm -rf "$folder"
    python3 -m venv "$folder" >&2
    "$folder/bin/python" -m pip install --quiet --retries 2 --disable-pip-version-check \
        --requirement "$requirements" >&2
    sha256sum "$requirements" >"$stamp"
fi
echo "$folder"
