#!/usr/bin/env bash
# A MariaDB of one's own, in one folder and on 127.0.0.1 alone, for tests.
#
#   mariadb.sh version                  prints its name and version; fails where it is not installed
#   mariadb.sh init FOLDER [TLS]        makes it; with TLS, what certificates.sh left in that folder
#   mariadb.sh start FOLDER [PORT]      starts it, without PORT on a free one, and prints its URL once it answers
#   mariadb.sh stop FOLDER              stops it in good order, cutting off its clients
#   mariadb.sh kill FOLDER              ends it as a crash does; what was committed is there after the next start
#
# `tester` (password: tester) may do everything. `tls_only` (password: tls_only) may use the database `tests`, and must
# come over TLS. root does not run MariaDB: then FOLDER becomes the user mysql's, who must be able to reach it.
# FOLDER holds: port, init.log, server.log, data/, socket, and the certificates.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/server.sh"

user=$(id -un)
if ((EUID == 0)); then
    user=mysql
fi

# Debian keeps it where a user's PATH does not go.
server() {
    PATH="$PATH:/usr/sbin" command -v mariadbd
}

version() {
    local mariadbd
    mariadbd=$(server) && "$mariadbd" --no-defaults --version | sed -E 's/.* Ver ([0-9.]+).*/MariaDB \1/'
}

init() {
    if ((EUID == 0)); then
        chown "$user:" "$folder"
    fi
    chmod 700 "$folder"
    if [[ $1 ]]; then
        install -m 600 -o "$user" "$1/ca.pem" "$1/server.pem" "$1/server.key" "$folder"
    fi
    cat >"$folder/users.sql" <<END
FLUSH PRIVILEGES;
CREATE DATABASE tests CHARACTER SET utf8mb4;
GRANT ALL ON *.* TO tester@'%' IDENTIFIED BY 'tester' WITH GRANT OPTION;
GRANT ALL ON tests.* TO tls_only@'%' IDENTIFIED BY 'tls_only' REQUIRE SSL;
END
    mariadb-install-db --no-defaults --user="$user" --datadir="$folder/data" --skip-test-db --skip-name-resolve \
        --auth-root-authentication-method=socket --auth-root-socket-user="$user" --innodb-flush-method=nosync \
        --extra-file="$folder/users.sql" >"$folder/init.log" 2>&1
}

# Nothing waits for the disk. A commit still reaches the system, and so outlives a crash of the server.
launch() {
    local options=(
        --no-defaults --user="$user" --datadir="$folder/data" --tmpdir="$folder"
        --socket="$folder/socket" --pid-file="$folder/data/pid" --log-error="$folder/server.log"
        --bind-address=127.0.0.1 --port="$1" --skip-name-resolve --max-connections=500
        --character-set-server=utf8mb4 --skip-log-bin
        --innodb-flush-method=nosync --innodb-flush-log-at-trx-commit=2
        --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --innodb-log-buffer-size=4M
        --innodb-buffer-pool-dump-at-shutdown=0 --innodb-buffer-pool-load-at-startup=0
        --key-buffer-size=1M --aria-pagecache-buffer-size=4M
    )
    if [[ -e $folder/server.pem ]]; then
        options+=(--ssl-ca="$folder/ca.pem" --ssl-cert="$folder/server.pem" --ssl-key="$folder/server.key")
    fi
    become "$(server)" "${options[@]}" </dev/null >/dev/null 2>&1 &
    answers_soon $!
}

answers() {
    mariadb-admin --no-defaults --socket="$folder/socket" --user=tester --password=tester ping >/dev/null 2>&1
}

stop() {
    end TERM
}

pid() {
    process "$folder/pid" "$folder/data"
}

url() {
    echo "mysql://tester:tester@127.0.0.1:$1/tests"
}

serve "$@"
