import Foundation
import Glibc
import Logging
import Model
import Pipeline

/// Removes what a crash in the wrong moment, or an engine that didn't answer, has left behind.
struct Tidying: Sendable {
    let journal: Journal
    let settings: DeliverySettings
    let logger: Logger

    /// Removes repositories that were being made when an earlier server died.
    func removeRepositoryDrafts() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: settings.gitFolder)) ?? []
        where name.contains(/\.git\.[0-9A-F-]{36}$/) {
            try? FileManager.default.removeItem(atPath: "\(settings.gitFolder)/\(name)")
        }
    }

    /// Removes the files with secrets of builds and deploys that are over.
    func removeSecretFiles() async {
        guard let builds = try? await journal.openBuilds(), let deploys = try? await journal.openDeploys() else {
            return
        }
        SecretFolder.removeLeftovers(
            ofInstance: settings.instance, except: builds.map { .build($0.id) } + deploys.map { .deploy($0.id) })
    }

    /// Removes working copies of deploys that are over, and of builds of which nothing is known; those of builds that
    /// are over are removed with their containers.
    func removeCheckouts() async {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: settings.checkouts)) ?? []
        for name in names {
            // build-12, build-12.job, deploy-3, and drafts such as build-12.<UUID>
            guard let match = name.wholeMatch(of: /(build|deploy)-(\d+)(\..*)?/), let id = Int64(match.2) else {
                continue
            }
            do {
                let isBuild = match.1 == "build"
                if isBuild {
                    if try await journal.knowsBuild(id) { continue }
                } else if try await journal.openDeploys().contains(where: { $0.id == id }) {
                    continue
                }
                if match.3 == ".home" { await settings.stepUsers.release(isBuild ? .build(id) : .deploy(id)) }
                guard StepUsers.remove("\(settings.checkouts)/\(name)") else {
                    throw Failure(.unavailable, "It can't be removed", cause: String(cString: strerror(errno)))
                }
            } catch {
                logger.warning("left behind", metadata: ["checkout": "\(name)", "reason": "\(error)"])
            }
        }
    }
}
