import Model

/// One service's change: a picture of its containers, old to new, and the batch log.
struct RolloutView: Sendable {
    var rollout: Rollout

    func html(_ context: PageContext) -> HTML {
        """
        <div class="card pad rollout"><div class="bar"><h3 class="grow">\(rollout.stack)/\(rollout.service)</h3>\
        <span class="muted small">\(context.took(rollout.startedAt, rollout.endedAt))</span>\(Badge.of(rollout.state).html)</div>
        \(rollout.reason.map { "<p class=\"small\">\($0)</p>" as HTML })
        <div class="slots" role="img" aria-label="\(summary)">\((1...max(1, rollout.spec.scale)).map(slot))</div>
        <p class="muted small">\(summary)\(", batches of \(rollout.options.batchSize)", if: rollout.options.batchSize < rollout.spec.scale)\
        \(deadline(context))</p>
        \(feed)</div>

        """
    }

    private var summary: String {
        "\(rollout.serving) of \(Words.count(rollout.spec.scale, "container")) serving \(rollout.revision?.short ?? rollout.spec.image)"
    }

    private func deadline(_ context: PageContext) -> HTML? {
        guard !rollout.state.isFinal, let deadline = rollout.deadline else { return nil }
        return ", gives up \(context.ago(deadline))"
    }

    private func slot(_ number: Int) -> HTML {
        let isNext = number <= rollout.serving + rollout.options.batchSize
        let old: (kind: String, icon: HTML, word: String) =
            rollout.previous == nil ? ("none", Icon.minus, "empty") : ("old", Icon.minus, "old")
        let look: (kind: String, icon: HTML, word: String) =
            switch rollout.state {
            case _ where number <= rollout.serving: ("new", Icon.check, "new")
            case .rolling where isNext: ("next", Icon.spinner, "starting")
            case .rollingBack: ("next", Icon.spinner, "going back")
            case .failed, .rollbackFailed: ("sick", Icon.cross, "failed")
            default: old
            }
        let isNew = look.kind == "new" || look.kind == "next" && rollout.state == .rolling
        let version = isNew ? Self.version(rollout.spec) : rollout.previous.map(Self.version) ?? ""
        return
            "<div class=\"slot \(look.kind)\"><b>\(look.icon)\(look.word)</b><span class=\"muted\">#\(number)<code>\(version)</code></span></div>"
    }

    /// The batch log.
    var feed: HTML? {
        guard !rollout.log.isEmpty else { return nil }
        let lines = rollout.log.map { entry -> HTML in
            let exact = Words.exact(entry.at)
            return
                "<li><time title=\"\(exact)\">\(exact.dropFirst(11).prefix(8))</time><span>\(Words.shortened(entry.text))</span></li>"
        }
        return
            "<ol class=\"feed\" id=\"feed-\(rollout.id)\" tabindex=\"0\"\(" data-follow", if: !rollout.state.isFinal)>\(lines)</ol>"
    }

    /// The commit, where the image's tag is one, else the tag.
    static func version(_ spec: ServiceSpec) -> String {
        let tag = spec.image.split(separator: "/").last?.split(separator: ":").dropFirst().last.map(String.init) ?? ""
        return SHA(tag)?.short ?? tag
    }
}
