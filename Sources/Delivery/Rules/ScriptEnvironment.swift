import Foundation
import Model

/// What the environment of a deploy's script is made from.
struct ScriptContext: Sendable {
    var target: Target
    var deploy: Deploy
    var commit: Commit
    /// `http://127.0.0.1:8080`.
    var serverURL: String
    /// Where the commands of the script ask: the machine's own port, which needs no TLS.
    var scriptURL: String
    /// Folder with `rancher`, `rancher-compose` and `slipway`, first in the PATH.
    var binFolder: String
    /// Good for this deploy's environment alone.
    var token: String
    /// `machine.environment` of slipway.yml.
    var fileEnvironment: [String: String]
    /// Secrets of the app in the environment, and paths of those that are files.
    var secrets: [String: String] = [:]
    /// PATH and HOME of the server, and what a login of the script's own user sets instead.
    var inherited: [String: String]
}

/// What of the server's environment, or of a login, a script may have: everything else may be a secret.
private let ofLogin: Set = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR"]

/// The whole environment of a deploy's step, in Shipit's order of precedence (its `deploy_commands.rb`) and without
/// the server's own secrets.
func scriptEnvironment(_ context: ScriptContext) -> [String: String] {
    let (deploy, app) = (context.deploy, context.target.app)
    let repository = forgeRepository(of: app)
    let page = "\(context.serverURL)/deploys/\(deploy.id)"
    var environment: [String: String] = [
        "PATH": "\(context.binFolder):\(context.inherited["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")",
        "HOME": context.inherited["HOME"] ?? "/", "TERM": "xterm-256color", "LANG": "C.UTF-8",
        "SHIPIT": "1", "SLIPWAY": "1",
        "ENVIRONMENT": context.target.environment.name, "BRANCH": app.branch,
        "LAST_DEPLOYED_SHA": deploy.previousSHA?.description ?? "",
        "GITHUB_REPO_OWNER": repository?.owner.lowercased() ?? "",
        "GITHUB_REPO_NAME": repository?.name.lowercased() ?? app.name.lowercased(),
        "DEPLOY_URL": "\(context.serverURL)/targets/\(context.target.slug)",
        "SHIPIT_USER": "\(deploy.requestedBy) via Slipway", "EMAIL": context.commit.authorEmail,
        "SHIPIT_LINK": page, "TASK_ID": String(deploy.id), "IGNORED_SAFETIES": "0",
        "GIT_COMMITTER_NAME": context.commit.authorName, "GIT_COMMITTER_EMAIL": context.commit.authorEmail,
    ]
    environment.merge(context.inherited.filter { ofLogin.contains($0.key) }) { own, _ in own }
    environment.merge(context.secrets) { own, _ in own }
    environment.merge(context.fileEnvironment) { _, file in file }
    environment["REVISION"] = deploy.sha.description
    environment["SHA"] = deploy.sha.description
    environment["DIFF_LINK"] = diffLink(repository, deploy)
    if deploy.kind == .rollback { environment["ROLLBACK"] = "1" }
    environment["SLIPWAY_URL"] = context.scriptURL
    environment["SLIPWAY_TOKEN"] = context.token
    environment["SLIPWAY_DEPLOY_ID"] = String(deploy.id)
    environment["SLIPWAY_APP"] = app.name
    environment["SLIPWAY_ENVIRONMENT"] = context.target.environment.name
    return environment
}

/// The script that a command runs, `deploy/deploy.sh` of `bash -e deploy/deploy.sh now`; nil where it is none.
func scriptPath(inCommand command: String) -> String? {
    command.split(whereSeparator: \.isWhitespace).first { $0.contains("/") && !$0.contains("=") && !$0.hasPrefix("-") }
        .map(String.init)
}

/// Owner and name at a forge: `https://github.com/acme/orders.git` is acme's orders. Nil for a local path or our own
/// remote.
func forgeRepository(of app: App) -> (host: String, owner: String, name: String)? {
    guard case .remote(let url) = app.source,
        let match = url.firstMatch(
            of: #/^(?:https?|ssh|git):\/\/(?:[^@\/]+@)?([^\/:]+)(?::\d+)?\/(.+?)\/([^\/]+?)(?:\.git)?\/?$/#)
            ?? url.firstMatch(of: #/^(?:[^@\/]+@)([^\/:]+):(.+?)\/([^\/]+?)(?:\.git)?\/?$/#)
    else { return nil }
    return (String(match.1), String(match.2), String(match.3))
}

/// Page that compares what ran with what will; for rollbacks from the older to the newer. Empty without a forge.
func diffLink(_ repository: (host: String, owner: String, name: String)?, _ deploy: Deploy) -> String {
    guard let repository, let previous = deploy.previousSHA else { return "" }
    let (older, newer) = deploy.kind == .rollback ? (deploy.sha, previous) : (previous, deploy.sha)
    return "https://\(repository.host)/\(repository.owner)/\(repository.name)/compare/\(older)...\(newer)"
}
