import Model

/// A state as icon, word and colour: the colour never stands alone.
struct Badge: Sendable {
    enum Tone: String, Sendable { case good, bad, busy, wait, warn, quiet }

    var tone: Tone
    var icon: HTML
    var word: String

    init(_ tone: Tone, _ icon: HTML, _ word: String) {
        self.tone = tone
        self.icon = icon
        self.word = word
    }

    var html: HTML { "<span class=\"badge \(tone.rawValue)\">\(icon)\(word)</span>" }

    /// The badge as a link to where more is told.
    func link(_ address: String) -> HTML {
        "<a class=\"badge \(tone.rawValue)\" href=\"\(address)\">\(icon)\(word)</a>"
    }

    static func of(_ state: Build.State) -> Badge {
        switch state {
        case .queued: Badge(.wait, Icon.clock, "Queued")
        case .running: Badge(.busy, Icon.spinner, "Building")
        case .succeeded: Badge(.good, Icon.check, "Passed")
        case .failed: Badge(.bad, Icon.cross, "Failed")
        case .cancelled: Badge(.quiet, Icon.slash, "Cancelled")
        case .timedOut: Badge(.bad, Icon.clock, "Timed out")
        }
    }

    static func of(_ state: Step.State) -> Badge {
        switch state {
        case .waiting: Badge(.wait, Icon.clock, "Waiting")
        case .running: Badge(.busy, Icon.spinner, "Running")
        case .succeeded: Badge(.good, Icon.check, "Passed")
        case .failed: Badge(.bad, Icon.cross, "Failed")
        case .skipped: Badge(.quiet, Icon.minus, "Skipped")
        case .cancelled: Badge(.quiet, Icon.slash, "Cancelled")
        case .lost: Badge(.bad, Icon.alert, "Lost")
        case .timedOut: Badge(.bad, Icon.clock, "Timed out")
        }
    }

    static func of(_ state: Deploy.State) -> Badge {
        switch state {
        case .queued: Badge(.wait, Icon.clock, "Queued")
        case .running: Badge(.busy, Icon.spinner, "Deploying")
        case .aborting: Badge(.warn, Icon.spinner, "Aborting")
        case .succeeded: Badge(.good, Icon.check, "Succeeded")
        case .failed: Badge(.bad, Icon.cross, "Failed")
        case .aborted: Badge(.quiet, Icon.slash, "Aborted")
        case .superseded: Badge(.quiet, Icon.minus, "Superseded")
        case .timedOut: Badge(.bad, Icon.clock, "Timed out")
        case .rolledBack: Badge(.bad, Icon.back, "Rolled back")
        }
    }

    static func of(_ state: Rollout.State) -> Badge {
        switch state {
        case .queued: Badge(.wait, Icon.clock, "Queued")
        case .rolling: Badge(.busy, Icon.spinner, "Rolling out")
        case .rollingBack: Badge(.warn, Icon.spinner, "Rolling back")
        case .done: Badge(.good, Icon.check, "Done")
        case .rolledBack: Badge(.bad, Icon.back, "Rolled back")
        case .failed: Badge(.bad, Icon.cross, "Failed")
        case .rollbackFailed: Badge(.bad, Icon.alert, "Rollback failed")
        case .cancelled: Badge(.quiet, Icon.slash, "Cancelled")
        }
    }
}

extension Deploy.Kind {
    /// What the button says.
    var verb: String {
        switch self {
        case .deploy: "Deploy"
        case .rollback: "Roll back"
        case .redeploy: "Redeploy"
        }
    }

    var noun: String {
        switch self {
        case .deploy: "Deploy"
        case .rollback: "Rollback"
        case .redeploy: "Redeploy"
        }
    }
}
