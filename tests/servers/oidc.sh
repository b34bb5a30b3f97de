#!/usr/bin/env bash
# The packages of the OpenID provider that tests start themselves (tests/oidc_provider).
#
#   oidc.sh          prints the folder where they are; fails where they can't be had
#
# It is in Cargo's target folder, made once and anew when package-lock.json changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

source=tests/oidc_provider
folder=${CARGO_TARGET_DIR:-target}/oidc-provider
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)
stamp=$folder/package-lock.sha256

fresh() {
    sha256sum --status --check "$stamp" 2>/dev/null && [[ -d $folder/node_modules/oidc-provider ]]
}

node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'
# Of several runs at once, one makes it.
exec 9>"$folder.lock"
flock 9
if ! fresh; then
    echo "    oidc-provider is installed for the tests of signing in by it (once)" >&2
    rm -rf "$folder"
    mkdir "$folder"
    cp "$source/package.json" "$source/package-lock.json" "$folder"
    npm ci --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts --fetch-retries=2 >&2
    sha256sum "$source/package.json" "$source/package-lock.json" >"$stamp"
fi
echo "$folder"
