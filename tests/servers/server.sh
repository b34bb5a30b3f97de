# What the script of every server does alike; each sources this, says what is its own, and ends with `serve "$@"`.
# Its own are the functions
#   version        prints name and version, or fails where the server is not installed
#   init [TLS]     fills $folder, with the certificates of a folder TLS where one is named, and writes init.log
#   launch PORT    returns once the server answers, or fails; the server writes server.log
#   stop           ends it in good order
#   pid            prints the number of the process, or fails where it does not run
#   url PORT       prints where the tests find it
# and, if it takes more than a SIGKILL, `crash`.
# shellcheck shell=bash

# A port of 127.0.0.1 where nobody listens. Systems give their outgoing connections higher numbers, so that a server
# which is stopped and started finds its port still free.
free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

# The process of a pid file, if its command line still names $2: the system uses numbers again.
process() {
    local pid
    pid=$(head -n 1 "$1" 2>/dev/null) && [[ $(ps -ww -o args= -p "$pid") == *"$2"* ]] && echo "$pid"
}

# Whether a command succeeds within a number of seconds.
within() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        sleep 0.05
    done
}

# Becomes a server, in a session of its own. Its number is kept before, so that it is found whatever happens to those
# who wait for it.
become() {
    cd "$folder" || exit
    echo "$BASHPID" >pid
    exec setsid "$@"
}

# Waits for a process until `answers` says yes or it ends.
answers_soon() {
    launched=$1
    within 60 answers_or_ended
    answers
}

answers_or_ended() {
    answers || ! kill -0 "$launched"
}

gone() {
    ! pid
}

# Sends a signal and waits until the process is gone.
end() {
    local pid
    pid=$(pid) || return 0
    kill "-$1" "$pid"
    within 60 gone || { echo "process $pid does not end" >&2 && return 1; }
}

crash() {
    end KILL
}

# Another run may take the port in between: then another is taken, unless it had to be this one.
start() {
    local port attempts=5
    if [[ ${1-} ]]; then
        attempts=1
    fi
    if pid >/dev/null; then
        echo "it runs already in $folder" >&2
        return 1
    fi
    while ((attempts-- > 0)); do
        port=${1:-$(free_port)}
        echo "$port" >"$folder/port"
        if launch "$port"; then
            url "$port"
            return
        fi
        end KILL
    done
    show server.log
    return 1
}

show() {
    echo "it failed; the end of $folder/$1:" >&2
    tail -n 20 "$folder/$1" >&2 || true
}

serve() {
    local verb=${1-}
    if [[ $verb == version ]]; then
        version
        return
    fi
    case "$verb" in
    init | start | stop | kill) ;;
    *) verb= ;;
    esac
    if [[ ! $verb || ! ${2-} ]]; then
        echo "usage: $0 version | init FOLDER [TLS] | start FOLDER [PORT] | stop FOLDER | kill FOLDER" >&2
        return 2
    fi
    if [[ $verb == init ]]; then
        mkdir -p "$2"
    fi
    folder=$(cd "$2" && pwd -P)
    case "$verb" in
    init)
        set -E
        trap 'show init.log' ERR
        init "${3-}"
        ;;
    start) start "${3-}" ;;
    stop) stop ;;
    kill) crash ;;
    esac
}
