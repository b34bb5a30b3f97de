#!/usr/bin/env bash
# What makes a client in TypeScript of a document of an API, and checks it (tests/typescript).
#
#   typescript.sh        prints the folder that it is installed in; fails where it can't be had
#
# It lies in Cargo's target folder, installed once and anew when package-lock.json changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

folder=${CARGO_TARGET_DIR:-target}/typescript
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)
stamp=$folder/package-lock.sha256

fresh() {
    sha256sum --status --check "$stamp" 2>/dev/null && [[ -x $folder/node_modules/.bin/openapi-typescript ]]
}

# It runs on Node.js 20 and newer.
(($(node -p 'process.versions.node.split(".")[0]') >= 20))
# Of several runs at once, one installs it.
exec 9>"$folder.lock"
flock 9
if ! fresh; then
    echo "    the generator of clients in TypeScript is installed for the tests (once)" >&2
    cp tests/typescript/package.json tests/typescript/package-lock.json "$folder"
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --fetch-retries 2 --loglevel error >&2
    sha256sum tests/typescript/package-lock.json >"$stamp"
fi
echo "$folder"
