#!/usr/bin/env bash
# A Redis of one's own, in one folder and on 127.0.0.1 alone, for tests. It keeps nothing when it ends.
#
#   redis.sh version                    prints its name and version; fails where it is not installed
#   redis.sh init FOLDER                makes the folder
#   redis.sh start FOLDER [PORT]        starts it, without PORT on a free one, and prints its URL once it answers
#   redis.sh stop FOLDER                stops it in good order
#   redis.sh kill FOLDER                ends it as a crash does
#
# FOLDER holds: port, server.log, pid, socket.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/server.sh"

version() {
    command -v redis-server >/dev/null && redis-server --version | sed -E 's/.* v=([0-9.]+).*/Redis \1/'
}

init() {
    chmod 700 "$folder"
}

launch() {
    become redis-server --bind 127.0.0.1 --port "$1" --protected-mode yes --dir "$folder" \
        --unixsocket "$folder/socket" --save "" --appendonly no </dev/null >>"$folder/server.log" 2>&1 &
    answers_soon $!
}

# Over the socket: at the port it may be the server of another run that answers.
answers() {
    [[ $(redis-cli -s "$folder/socket" ping 2>/dev/null) == PONG ]]
}

stop() {
    end TERM
}

# It rewrites its command line, but leaves its port there.
pid() {
    process "$folder/pid" "$(cat "$folder/port" 2>/dev/null)"
}

url() {
    echo "redis://127.0.0.1:$1"
}

serve "$@"
