/// A command of docker's that is run again while what it needs is away: the engine, the registry, room on a disk.
///
/// Building and pushing may be repeated. It is done by a shell under the step's own supervisor, so that it outlives the
/// server as the command does; each pause stands in the log with its reason, and in a file for the pages.
struct PatientCommand {
    enum Kind: String { case build, push }

    var kind: Kind
    /// Seconds, all pauses together.
    var patience: Int
    /// Where the reason stands while it waits.
    var mark: String
    var command: [String]

    var arguments: [String] {
        ["/bin/bash", "-c", Self.script, "patient", kind.rawValue, String(patience), mark] + command
    }

    private static let script = #"""
        kind=$1 patience=$2 mark=$3; shift 3
        export LC_ALL=C
        # A file without a name keeps what the command said: it goes with this shell, however that ends.
        file=$(mktemp -p /dev/shm 2> /dev/null || mktemp) && exec 3<> "$file" && rm "$file"
        trap 'rm -f "$mark"' EXIT
        trap 'exit 130' INT TERM
        say() { printf 'slipway: %s\n' "$1"; }
        answers() { timeout 20 docker version --format '{{.Server.Version}}' > /dev/null 2>&1; }
        # Why a command with these last words is worth another try; nothing where it isn't. The last line of a build is
        # docker's own, all others are the Dockerfile's commands'.
        why() {
            local words=$1
            [ "$kind" = push ] || words=$last
            case $words in
            # The last one is containerd's, which ends before the engine.
            *"annot connect to the Docker daemon"* | *"error during connect"* | *"unexpected EOF"* | \
                *"transport is closing"*)
                echo "the Docker Engine doesn't answer" ;;
            *"o space left on device"*)
                echo "there is no room left on the disk" ;;
            *"non-zero code: 137"*)
                # An engine that stops kills the containers first.
                for _ in 1 2 3 4 5; do
                    answers || { echo "the Docker Engine was stopped"; return; }
                    sleep 1
                done ;;
            *"onnection refused"* | *"onnection reset"* | *"i/o timeout"* | *"no such host"* | *"broken pipe"* | \
                *"handshake timeout"* | *"Client.Timeout"* | *EOF* | *"HTTP status: 5"* | *"Bad Gateway"* | \
                *"Service Unavailable"*)
                [ "$kind" != push ] || echo "the registry doesn't answer" ;;
            esac
        }
        since=
        while :; do
            if answers; then
                "$@" 2>&1 | tee /dev/fd/3 2> /dev/null
                status=${PIPESTATUS[0]}
                [ "$status" != 0 ] || exit 0
                words=$(tail -c 2000 /dev/fd/3)
                last=$(grep . <<< "$words" | tail -n 1)
                reason=$(why "$words")
                [ -n "$reason" ] || exit "$status"
            else
                status=1 reason="the Docker Engine at $DOCKER_HOST doesn't answer"
                last='start it (`systemctl start docker`)'
            fi
            if [ -z "$since" ]; then
                since=$SECONDS
                say "waiting: $reason"
            fi
            printf '%s\n' "$reason" 2> /dev/null > "$mark"
            if [ $((SECONDS - since)) -ge "$patience" ]; then
                say "gave up after $((SECONDS - since)) s: $reason: $last"
                exit "$status"
            fi
            sleep 2
            until answers || [ $((SECONDS - since)) -ge "$patience" ]; do sleep 1; done
            say "trying again after $((SECONDS - since)) s"
        done
        """#
}
