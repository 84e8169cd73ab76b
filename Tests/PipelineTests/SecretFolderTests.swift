import Foundation
import Model
import Testing

@testable import Pipeline

struct SecretFolderTests {
    private let instance = "test-\(UUID().uuidString)"
    private var base: String { "/dev/shm/slipway-\(instance)" }

    @Test func filesAreForOneUserAndGo() throws {
        let folder = SecretFolder(instance: instance, .deploy(7))
        defer { folder.remove() }
        #expect(try folder.write([:]).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: base))
        for value in ["first", "second, longer"] {
            let path = try #require(try folder.write(["TLS_KEY": value])["TLS_KEY"])
            #expect(try String(contentsOfFile: path, encoding: .utf8) == value)
            for (place, mode) in [(path, 0o400), ("\(base)/deploy-7", 0o700), (base, 0o700)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: place)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode)
            }
        }
        folder.remove()
        #expect(!FileManager.default.fileExists(atPath: base))
    }

    @Test func leftoversGo() throws {
        for owner in [Step.Owner.build(1), .deploy(1), .deploy(2)] {
            _ = try SecretFolder(instance: instance, owner).write(["A": "value"])
        }
        SecretFolder.removeLeftovers(ofInstance: instance, except: [.deploy(2)])
        #expect(try FileManager.default.contentsOfDirectory(atPath: base) == ["deploy-2"])
        SecretFolder.removeLeftovers(ofInstance: instance, except: [])
        #expect(!FileManager.default.fileExists(atPath: base))
    }

    @Test func contextsAreRead() throws {
        let text = """
            test: {contexts: [payments, tax.eu], steps: ["true"]}
            deploy: {contexts: payments, override: ["true"]}
            """
        let read = { (text: String) in
            ConfigurationReader.read(
                RepositoryFiles(text: { $0 == "slipway.yml" ? text : nil }), app: "orders")
        }
        #expect(read(text).test?.contexts == ["payments", "tax.eu"])
        #expect(read(text).deployContexts == ["payments"])
        #expect(!read(text).hasErrors)
        #expect(read(text.replacing("payments,", with: "'a b',")).hasErrors)
    }
}
