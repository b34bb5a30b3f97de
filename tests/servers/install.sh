#!/usr/bin/env bash
# Installs what of the servers is missing, and says what can't be had.
#
#   install.sh                          as root on Debian and its kin; anywhere else it only looks
#
# It always succeeds: what is missing after it is left out by those who need it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# The package of each thing, where the thing is missing.
missing() {
    ./postgres.sh version >/dev/null 2>&1 || echo postgresql
    ./mariadb.sh version >/dev/null 2>&1 || echo mariadb-server
    ./redis.sh version >/dev/null 2>&1 || echo redis-server
    command -v openssl >/dev/null || echo openssl
    command -v pgrep >/dev/null || echo procps
    python3 -m ensurepip --version >/dev/null 2>&1 || echo python3-venv
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
    command -v chromium >/dev/null || echo chromium
    command -v chromedriver >/dev/null || echo chromium-driver
}

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=2 -o Acquire::http::Timeout=30 \
        -o DPkg::Lock::Timeout=120 "$@" </dev/null >/dev/null
}

mapfile -t packages < <(missing)
if ((${#packages[@]} == 0)); then
    exit
fi
if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    echo "    only root on Debian or Ubuntu can have this installed: ${packages[*]}"
    exit
fi
echo "    missing, and installed now: ${packages[*]}"
apt update || echo "!!! apt-get update failed !!!"
for package in "${packages[@]}"; do
    apt install --yes --no-install-recommends "$package" || echo "!!! $package can't be installed !!!"
done
