import Delivery
import Model
import Stacks

/// From the commit to the containers in one picture, with the proof that they are what was tested.
struct ProvenanceChain: Sendable {
    var provenance: Provenance
    /// The containers that run it.
    var containers: [ContainerView]

    func html(_ context: PageContext) -> HTML {
        let commit = provenance.commit
        return """
            <ol class="card chain">
            <li><span class="what">Commit</span><strong>\(Pieces.sha(commit.sha)) \(Pieces.title(commit))</strong>\
            <span class="sub">\(commit.authorName), \(context.ago(commit.committedAt))</span></li>
            \(build(context))\(image)\(deploy(context))\(running)
            </ol>
            """
    }

    private func build(_ context: PageContext) -> HTML {
        guard let build = provenance.build else {
            return "<li><span class=\"what\">Tests</span><strong class=\"muted\">no build is recorded</strong></li>"
        }
        let badge = Badge.of(build.state)
        return """
            <li><span class="what">Tests</span><strong><a href="/builds/\(build.id)">Build #\(build.id)</a></strong>\
            <span class="sub t-\(badge.tone.rawValue)">\(badge.icon) \(badge.word) \
            \(context.took(build.startedAt, build.endedAt).map { "in \($0)" as HTML })</span></li>
            """
    }

    private var image: HTML {
        guard let image = provenance.image else {
            return "<li><span class=\"what\">Image</span><strong class=\"muted\">none was recorded</strong></li>"
        }
        return """
            <li><span class="what">Image</span><strong>\(Pieces.digest(image.digest))</strong>\
            <span class="sub mono">\(image.name)</span></li>
            """
    }

    private func deploy(_ context: PageContext) -> HTML {
        guard let deploy = provenance.deploy else {
            return "<li><span class=\"what\">Deploy</span><strong class=\"muted\">brought up by hand</strong></li>"
        }
        return """
            <li><span class="what">\(deploy.kind.noun)</span><strong><a href="/deploys/\(deploy.id)">\(deploy.kind.noun) #\(deploy.id)</a></strong>\
            <span class="sub">by \(deploy.requestedBy), \(context.ago(deploy.startedAt ?? deploy.queuedAt))</span></li>
            """
    }

    private var running: HTML {
        let proven = containers.filter { $0.matches == true }.count
        let (tone, icon, word): (String, HTML, String) =
            proven == containers.count
            ? ("good", Icon.check, "run exactly this digest")
            : ("bad", Icon.alert, "\(containers.count - proven) differ")
        return """
            <li><span class="what">Running</span><strong class="t-\(tone)">\(icon) \(Words.count(containers.count, "container"))</strong>\
            <span class="sub">\(word)</span></li>
            """
    }
}
