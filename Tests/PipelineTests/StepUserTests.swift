import Foundation
import Glibc
import Model
import Testing

@testable import Pipeline

/// Who scripts run as: the decisions.
struct StepUserTests {
    private let ada = StepUserPolicy.Account(
        name: "ada", number: 1000, group: 1000, groups: [1000, 107], home: "/home/ada")
    private let root = StepUserPolicy.Account(name: "root", number: 0, group: 0, groups: [0], home: "/root")

    private func policy(_ option: String?, server: UInt32 = 0) throws -> StepUserPolicy {
        try StepUserPolicy(option: option, server: server) { name in [ada, root].first { $0.name == name } }
    }

    @Test func whatTheOptionSays() throws {
        #expect(try policy(nil) == .range(StepUserPolicy.standard))
        #expect(try policy("") == .range(StepUserPolicy.standard))
        #expect(try policy("none") == .server && policy("root") == .server)
        #expect(try policy("70000-70009") == .range(70_000...70_009))
        #expect(try policy("ada") == .account(ada))
        #expect(try policy(nil, server: 1000) == .server && policy("none", server: 1000) == .server)
        for wrong in ["0-9", "9-1", "1-70000", "1-99999999999", "nobody-here"] {
            #expect(throws: Failure.self, "\(wrong)") { try policy(wrong) }
        }
        #expect(throws: Failure.self) { try policy("ada", server: 1000) }
        let failure = #expect(throws: Failure.self) { try policy("slipway-step") }
        #expect(failure?.hint?.hasPrefix("useradd --system") == true)
    }

    @Test func eachGetsAUserThatNobodyHas() {
        let range: ClosedRange<UInt32> = 100...103
        #expect(stepUser(for: .build(0), in: range) { _ in false } == 100)
        #expect(stepUser(for: .deploy(0), in: range) { _ in false } == 101)
        #expect(stepUser(for: .build(1), in: range) { _ in false } == 102)
        #expect(stepUser(for: .build(2), in: range) { $0 == 100 } == 101)
        #expect(stepUser(for: .deploy(1), in: range) { $0 != 101 } == 101)
        #expect(stepUser(for: .deploy(.max), in: range) { _ in true } == nil)
    }

    @Test func aSocketIsGrantedByAGroupOfItsOwn() {
        #expect(EngineGroup.number(mode: S_IFSOCK | 0o660, group: 107) == 107)
        #expect(EngineGroup.number(mode: S_IFSOCK | 0o660, group: 0) == nil)
        #expect(EngineGroup.number(mode: S_IFSOCK | 0o600, group: 107) == nil)
        #expect(EngineGroup.number(mode: S_IFREG | 0o660, group: 107) == nil)
        #expect(throws: Failure.self) { try EngineGroup.number(ofSocket: "/no/such.sock") }
    }

    @Test func onlyFilesOfTheWorkingCopyAreBuiltFrom() throws {
        try withFolder { folder in
            let (files, root) = (FileManager.default, "\(folder)/copy")
            try files.createDirectory(atPath: "\(root)/app", withIntermediateDirectories: true)
            try files.createDirectory(atPath: "\(folder)/secret", withIntermediateDirectories: true)
            for file in ["copy/app/Dockerfile", "secret/Dockerfile", "secret/key"] {
                try Data().write(to: URL(filePath: "\(folder)/\(file)"))
            }
            let context = BuildContext(root: root)
            func isRefused(_ context: BuildContext, _ folder: String, _ file: String = "Dockerfile") -> Bool {
                (try? context.check(context: folder, dockerfile: file)) == nil
            }
            #expect(!isRefused(context, "app"))
            #expect(isRefused(context, ".") && isRefused(context, "nowhere"))
            try files.createSymbolicLink(atPath: "\(root)/inner", withDestinationPath: "app")
            #expect(!isRefused(context, "inner"))
            try files.createSymbolicLink(atPath: "\(root)/outer", withDestinationPath: "../secret")
            #expect(isRefused(context, "outer"))
            try files.createSymbolicLink(atPath: "\(root)/app/Key", withDestinationPath: "\(folder)/secret/key")
            #expect(isRefused(context, "app", "Key"))
            for target in ["/nowhere/yet", "\(folder)/secret/key"] {
                try files.createSymbolicLink(atPath: "\(root)/app/.dockerignore", withDestinationPath: target)
                #expect(isRefused(context, "app"))
                try files.removeItem(atPath: "\(root)/app/.dockerignore")
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func aUserIsHeldUntilItIsGivenBack() async throws {
        try await withFolder { folder in
            let first: UInt32 = .random(in: 80_000..<90_000)
            let policy = StepUserPolicy.range(first...first + 1)
            func users(_ name: String) throws -> StepUsers {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
                return StepUsers(policy, folders: "\(folder)/\(name)", register: "\(folder)/register")
            }
            // Two servers of one machine.
            let (one, two) = (try users("one"), try users("two"))
            let user = try #require(try one.user(of: .deploy(1)))
            #expect(try one.user(of: .deploy(1)) == user, "also after a restart")
            let other = try #require(try two.user(of: .deploy(1)))
            #expect(user.number != other.number && Set([user.number, other.number]) == [first, first + 1])
            #expect(throws: Failure.self) { try one.user(of: .build(1)) }
            for path in [user.home, user.temporary] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect((attributes[.ownerAccountID] as? NSNumber)?.uint32Value == user.number)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
            }
            await one.release(.deploy(1))
            #expect(!FileManager.default.fileExists(atPath: user.home))
            #expect(try one.user(of: .build(1))?.number == user.number)
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func whatIsGivenAndRemovedIsNotWhatLinksStandFor() async throws {
        try await withFolder { folder in
            let files = FileManager.default
            let copy = "\(folder)/copy"
            let users = StepUsers(.range(90_000...90_009), folders: folder, register: "\(folder)/register")
            try users.prepare(copy)
            for name in ["kept", "copy/a/b"] {
                try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
                try Data().write(to: URL(filePath: "\(folder)/\(name)/file"))
            }
            try files.createSymbolicLink(atPath: "\(copy)/folder", withDestinationPath: "\(folder)/kept")
            try files.createSymbolicLink(atPath: "\(copy)/a/file", withDestinationPath: "\(folder)/kept/file")
            let user = try #require(try users.user(of: .build(1)))
            try users.give(copy, to: user)
            func owner(_ name: String) throws -> UInt32? {
                (try files.attributesOfItem(atPath: "\(folder)/\(name)")[.ownerAccountID] as? NSNumber)?.uint32Value
            }
            #expect(try owner("copy/a/b/file") == user.number && owner("copy") == user.number)
            #expect(try owner("kept") == 0 && owner("kept/file") == 0)
            #expect(StepUsers.remove(copy) && StepUsers.remove(copy))
            #expect(!files.fileExists(atPath: copy) && files.fileExists(atPath: "\(folder)/kept/file"))
            await users.release(.build(1))
        }
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-users-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-users-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}
