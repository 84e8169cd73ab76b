import Foundation
import Testing

@Suite("The floors of the house")
struct FloorTests {
    @Test("Sources import lower floors only, never a sibling")
    func sources() throws {
        for file in try House.files(under: "Sources") {
            for (line, module) in file.imports where House.floors[module] != nil {
                #expect(
                    House.mayImport(file.target, module),
                    "\(file.path):\(line): \(file.target) may not import \(module)")
            }
        }
    }

    @Test("What a target imports is among its dependencies in Package.swift")
    func declared() throws {
        let declared = try House.declaredDependencies()
        for file in try House.files(under: "Sources") {
            let allowed = try #require(declared[file.target], "Package.swift has no target \(file.target)")
            for (line, module) in file.imports where House.floors[module] != nil {
                #expect(
                    allowed.contains(module),
                    "\(file.path):\(line): \(file.target) does not depend on \(module) in Package.swift")
            }
        }
    }

    @Test("Package.swift itself lets no target depend on a sibling or a higher floor")
    func manifest() throws {
        let declared = try House.declaredDependencies()
        #expect(declared["slipway"]?.contains("Web") == true, "the reader of Package.swift finds nothing")
        for (target, dependencies) in declared {
            #expect(House.floors[target] != nil, "\(target) has no floor: add it to House.floors")
            for dependency in dependencies {
                #expect(House.mayImport(target, dependency), "\(target) may not depend on \(dependency)")
            }
        }
    }

    @Test("Tests reach no higher than the target that they test")
    func tests() throws {
        for file in try House.files(under: "Tests") where file.target.hasSuffix("Tests") {
            let tested = String(file.target.dropLast("Tests".count))
            guard House.floors[tested] != nil else { continue }
            for (line, module) in file.imports where House.floors[module] != nil && module != tested {
                #expect(
                    House.mayImport(tested, module), "\(file.path):\(line): tests of \(tested) may not import \(module)"
                )
            }
        }
    }

    @Test("Every folder of Sources has a floor, and none is a place for leftovers")
    func folders() throws {
        let folder = House.root.appending(path: "Sources").path
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            #expect(House.floors[name] != nil, "Sources/\(name) has no floor: add it to House.floors")
            #expect(!["Core", "Utils", "Common", "Helpers"].contains(name))
        }
    }

    @Test("Only Outbound speaks to the outside through AsyncHTTPClient")
    func outside() throws {
        for file in try House.files(under: "Sources") where file.target != "Outbound" {
            for (line, module) in file.imports {
                #expect(module != "AsyncHTTPClient", "\(file.path):\(line): only Outbound may import \(module)")
            }
        }
    }

    @Test(
        "The reader of imports knows every form of the line",
        arguments: [
            ("import Model", "Model"),
            ("public import Model", "Model"),
            ("@testable import Store", "Store"),
            ("@preconcurrency internal import struct Foundation.Date", "Foundation"),
            ("@_spi(Testing) import Git", "Git"),
            ("    import Engines  // why", "Engines"),
            ("// import Web", nil),
            ("let important = 1", nil),
        ] as [(String, String?)])
    func reader(line: String, module: String?) {
        #expect(House.module(importedBy: line) == module)
    }
}
