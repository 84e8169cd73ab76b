// swift-tools-version: 6.2
import PackageDescription

/// One list for every target: the upcoming language features that the code is written for, and no warnings.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .treatAllWarnings(as: .error),  // SE-0480
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A library of one floor and its tests. What it may import is written here and held by `HouseTests`.
func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], tests: [Target.Dependency] = [], excluding: [String] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: settings),
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies + tests, exclude: excluding,
            swiftSettings: settings),
    ]
}

let package = Package(
    name: "slipway",
    products: [
        .executable(name: "slipway", targets: ["slipway"]),
        .executable(name: "slipway-agent", targets: ["agent"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Floor 0
        room("Model"),
        [.target(name: "LinuxCalls")],
        room("HTTPTransport", [nioCore, nioHTTP1, nioPosix, nioSSL], tests: ["StubServer"]),
        // Floor 1
        room("Store", ["Model", grdb]),
        room("StackFile", ["Model", yams]),
        room("DockerAPI", ["Model", "HTTPTransport"], tests: ["StubServer"]),
        room("Git", ["Model", subprocess, system]),
        room("Supervisor", ["Model", "LinuxCalls"]),
        room("Secrets", ["Model", crypto, cryptoExtras]),
        room("Outbound", ["Model", asyncHTTPClient, nioCore, nioHTTP1, nioPosix], tests: ["StubServer"]),
        room("Client", ["Model", "HTTPTransport"], tests: ["StubServer"]),
        room("StepAgent", ["LinuxCalls"]),
        room("NameServer", ["LinuxCalls"]),
        // Floor 2
        [
            // Runs inside containers, on nothing but the kernel.
            .executableTarget(
                name: "agent", dependencies: ["StepAgent", "NameServer"], swiftSettings: settings,
                linkerSettings: [.unsafeFlags(["-static-executable", "-Xlinker", "--gc-sections", "-Xlinker", "-s"])])
        ],
        room("Engines", ["Model", "DockerAPI", "HTTPTransport"], tests: ["StubServer"]),
        // Floor 3
        room(
            "Pipeline",
            ["Model", "Store", "StackFile", "Git", "Supervisor", "Engines", "LinuxCalls", grdb, logging, yams]),
        room(
            "Stacks",
            [
                "Model", "Store", "Engines", "Supervisor", "NameServer", grdb, logging, nioCore, nioPosix, nioHTTP1,
                "HTTPTransport", subprocess, system,
            ], tests: ["StackFile"], excluding: ["Units/Fixtures"]),
        room(
            "Access", ["Model", "Store", "Secrets", "Outbound", "StackFile", crypto, grdb, jwtKit, logging],
            tests: ["StubServer", cryptoExtras]),
        room("SecretStore", ["Model", "Store", "Secrets", grdb]),
        // Floor 4
        room(
            "Delivery",
            [
                "Model", "Store", "StackFile", "Git", "Supervisor", "Engines", "Pipeline", "Stacks", "Access",
                "SecretStore", grdb, logging,
            ]),
        // A developer's tool: rollouts in a world of its own, with everything going wrong.
        room("Simulation", ["Model", "Store", "Engines", "Stacks", "NameServer", grdb, logging]),
        // Floor 5
        [
            .executableTarget(
                name: "simulate", dependencies: ["Simulation", argumentParser], swiftSettings: settings)
        ],
        room(
            "Web",
            [
                "Model", "Store", "Git", "Engines", "Access", "Stacks", "Pipeline", "Delivery", "SecretStore", grdb,
                hummingbird, lifecycle, logging, nioCore, nioHTTP1,
            ], tests: ["Secrets", "Supervisor", "HTTPTransport", "StubServer"], excluding: ["Golden"]),
        // Floor 6
        [
            .executableTarget(
                name: "slipway",
                dependencies: [
                    "Model", "HTTPTransport", "Store", "StackFile", "DockerAPI", "Git", "Supervisor", "Secrets",
                    "Client",
                    "Engines", "Pipeline", "Stacks", "Access", "SecretStore", "Delivery", "Web",
                    argumentParser, lifecycle, logging, subprocess, system, unixSignals,
                ],
                swiftSettings: settings,
                // LLVM's linker can pack the relocations of a release (see scripts/release): 3 MB less in memory.
                linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
            .testTarget(
                name: "slipwayTests", dependencies: ["slipway", crypto, grdb], exclude: ["Fixtures"],
                swiftSettings: settings),
            .testTarget(name: "HouseTests", swiftSettings: settings),
            // What tests talk to in place of an engine or a server; no target of the program uses it.
            .target(
                name: "StubServer", dependencies: [nioCore, nioHTTP1, nioPosix], path: "Tests/StubServer",
                swiftSettings: settings),
        ],
    ].flatMap { $0 },
    swiftLanguageModes: [.v6]
)
