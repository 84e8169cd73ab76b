public import Model

extension Delivery {
    /// Where those revisions of an image came from, `deploys` the ones that brought them in; of what no app here built
    /// there is nothing.
    public func provenances(
        ofImage image: String, revisions: Set<SHA>, deploys: [SHA: Int64]
    ) async throws -> [SHA: Provenance] {
        guard let repository = ImageReference(image)?.repository, !revisions.isEmpty,
            let app = try await journal.app(ofImage: repository)
        else { return [:] }
        let shas = revisions.sorted { $0.description < $1.description }
        let images = try await journal.images(of: app, shas: shas)
        let builds = try await journal.builds(of: app, shas: shas)
        var found: [SHA: Provenance] = [:]
        for sha in shas {
            guard let commit = try await journal.commit(sha, of: app) else { continue }
            let image = images[sha]
            var deploy: Deploy?
            if let id = deploys[sha] { deploy = try? await journal.deploy(id) }
            found[sha] = Provenance(
                app: app, commit: commit, build: builds.first { $0.id == image?.buildID }, image: image,
                deploy: deploy)
        }
        return found
    }
}
