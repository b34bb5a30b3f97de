#!/usr/bin/env bash
# A PostgreSQL of one's own, in one folder and on 127.0.0.1 alone, for tests.
#
#   postgres.sh version                 prints its name and version; fails where it is not installed
#   postgres.sh init FOLDER [TLS]       makes it; with TLS, what certificates.sh left in that folder
#   postgres.sh start FOLDER [PORT]     starts it, without PORT on a free one, and prints its URL once it answers
#   postgres.sh stop FOLDER             stops it in good order, cutting off its clients
#   postgres.sh kill FOLDER             ends it as a crash does; what was committed is there after the next start
#
# `tester` is a superuser and needs no password. `tls_only` may use the database `tests`, and must come over TLS.
# root can't run PostgreSQL: then FOLDER becomes the user postgres's, who must be able to reach it.
# FOLDER holds: port, init.log, server.log, data/, the socket.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/server.sh"

# Debian keeps all but the clients off the PATH.
program() {
    local found
    found=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    PATH="$found:$PATH" command -v "$1"
}

# In a session of its own, and waited for whatever comes: cut off, it would leave shared memory behind.
as_server() {
    trap 'exit 143' HUP INT TERM
    cd "$folder"
    if ((EUID == 0)); then
        setsid --wait runuser -u postgres -- "$@"
    else
        setsid --wait "$@"
    fi
}

version() {
    local postgres
    postgres=$(program postgres) && "$postgres" --version | sed -E 's/.*\(PostgreSQL\) ([^ ]+).*/PostgreSQL \1/'
}

# Adds standard input to a file that is the server's alone.
place() {
    # shellcheck disable=SC2016 # it is the inner shell's
    as_server sh -c 'umask 077 && cat >>"$0"' "$folder/$1"
}

# Statements as the first superuser, a line each, while no server runs.
statements() {
    as_server "$(program postgres)" --single -j -D "$folder/data" "$1" >>"$folder/init.log" 2>&1
}

init() {
    if ((EUID == 0)); then
        chown postgres: "$folder"
    fi
    chmod 700 "$folder"
    as_server "$(program initdb)" --pgdata="$folder/data" --username=postgres --auth=reject --encoding=UTF8 \
        --locale=C.UTF-8 --no-sync >"$folder/init.log" 2>&1
    # Nothing waits for the disk. A commit still reaches the system, and so outlives a crash of the server.
    place data/postgresql.conf <<END
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
max_connections = 500
fsync = off
full_page_writes = off
dynamic_shared_memory_type = mmap
END
    if [[ $1 ]]; then
        place data/server.crt <"$1/server.pem"
        place data/server.key <"$1/server.key"
        place data/postgresql.conf <<<"ssl = on"
    fi
    : >"$folder/data/pg_hba.conf"
    place data/pg_hba.conf <<END
local   all    all                    trust
host    all    tester    127.0.0.1/32 trust
hostssl tests  tls_only  127.0.0.1/32 trust
END
    statements postgres <<END
CREATE ROLE tester SUPERUSER CREATEDB LOGIN;

CREATE ROLE tls_only LOGIN;

CREATE DATABASE tests OWNER tester;

GRANT ALL ON DATABASE tests TO tls_only;
END
    statements tests <<<"GRANT ALL ON SCHEMA public TO tls_only;"
}

launch() {
    as_server "$(program pg_ctl)" start --silent --wait --timeout=60 --pgdata="$folder/data" --log="$folder/server.log" \
        --options="-p $1" </dev/null >/dev/null 2>&1
}

stop() {
    end INT
}

pid() {
    process "$folder/data/postmaster.pid" "$folder/data"
}

url() {
    echo "postgresql://tester@127.0.0.1:$1/tests"
}

all_ended() {
    ! ps -o stat= -p "${*//[[:space:]]/,}" | grep -v Z
}

# Its children outlive it for a while, its locks outlive all of them, and with either it does not start again: the
# locks name a process that the system may keep as a zombie.
crash() {
    local pid children memory
    pid=$(pid) || return 0
    memory=$(sed -n '7s/.* //p' "$folder/data/postmaster.pid")
    kill -STOP "$pid"
    children=$(pgrep -P "$pid" || true)
    # shellcheck disable=SC2086 # a word each
    kill -KILL "$pid" $children
    within 60 all_ended "$pid" "$children"
    ipcrm -m "$memory"
    rm -f "$folder"/data/postmaster.pid "$folder"/.s.PGSQL.*
}

serve "$@"
