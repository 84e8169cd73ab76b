import Foundation

/// The repository that the killed server builds and deploys: every step says what it did, where it can be counted.
enum KillSample {
    static let tests = ["one": 250, "two": 150]
    static let imageLines = 80
    static let scriptLines = 250

    /// Folder of the package.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// `name` is the image's, `ledger` a file of this machine that the script writes to.
    static func files(name: String, port: Int, ledger: String) throws -> [String: String] {
        [
            "web.pl": try String(contentsOfFile: "\(root)/bench/app/web.pl", encoding: .utf8),
            "count.pl": """
            # count.pl NAME N MS: N numbered lines, one every MS milliseconds.
            $| = 1;
            my ($name, $n, $ms) = @ARGV;
            for (1 .. $n) { print "$name $_\\n"; select undef, undef, undef, $ms / 1000 }

            """,
            "Dockerfile": """
            FROM debian:12-slim
            COPY . /app
            RUN perl /app/count.pl image \(imageLines) 10
            EXPOSE 8080
            CMD ["perl", "/app/web.pl"]

            """,
            "docker-compose.yml": """
            web:
              image: \(name):${REVISION}
              environment:
                REVISION: ${REVISION}
                TERM_MODE: die
              ports:
                - "127.0.0.1:\(port):8080"

            """,
            "rancher-compose.yml": """
            web:
              scale: 3
              upgrade_strategy: {start_first: true}
              health_check:
                port: 8080
                request_line: GET /healthz HTTP/1.0
                interval: 200
                response_timeout: 2000
                initializing_timeout: 60000
                healthy_threshold: 2
                unhealthy_threshold: 3

            """,
            "deploy/deploy.sh": """
            #!/bin/sh
            set -e
            echo "begin $SLIPWAY_DEPLOY_ID $REVISION" >> '\(ledger)'
            perl count.pl script \(scriptLines) 5
            rancher up --stack shop --force-upgrade --batch-size 1 -d --file docker-compose.yml
            echo "end $SLIPWAY_DEPLOY_ID $REVISION" >> '\(ledger)'
            echo "after the rollout"

            """,
            "slipway.yml": """
            test:
              image: debian:12-slim
              steps:
                - {name: one, command: 'echo one >> /tmp/ledger; perl count.pl one \(tests["one"] ?? 0) 5'}
                - {name: two, command: 'echo two >> /tmp/ledger; perl count.pl two \(tests["two"] ?? 0) 5'}
                - {name: once, command: 'test "$(cat /tmp/ledger)" = "$(printf "one\\ntwo")"'}
            image: {name: \(name)}
            rollout: {settle: 1s, drain: 15s, deadline: 5m}

            """,
        ]
    }
}
