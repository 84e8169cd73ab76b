import Model
import StackFile
import Testing

/// Files that name files.
@Suite struct ExtendsTests {
    private func load(
        _ text: String, files: [String: String] = [:], environment: [String: String] = [:]
    ) throws -> StackFileResult {
        try StackFiles.load(
            [.init(name: "deploy/docker-compose.yml", text: text)],
            .init(environment: environment, readFile: { files[$0] }))
    }

    private func errors(_ text: String, files: [String: String] = [:]) -> [String] {
        do {
            return try load(text, files: files).warnings.map(\.description)
        } catch {
            return (error as? Failure)?.findings.map(\.description) ?? []
        }
    }

    @Test func aServiceBeginsAsAnotherOne() throws {
        let result = try load(
            """
            services:
              base: {image: x, environment: {A: 1, B: 2}, dns: [1.1.1.1]}
              web: {extends: base, environment: {B: 3}, dns: [2.2.2.2]}
              api: {extends: {service: web}, image: y}
            """)
        #expect(result.spec["web"]?.image == "x")
        #expect(result.spec["web"]?.environment == ["A": "1", "B": "3"])
        #expect(result.spec["api"]?.dns == ["1.1.1.1", "2.2.2.2"] && result.spec["api"]?.image == "y")
    }

    @Test func theOtherMayStandInAnotherFile() throws {
        let result = try load(
            "web: {extends: {file: ../common/base.yml, service: app}, tty: true}",
            files: [
                "deploy/../common/base.yml":
                    "services: {app: {extends: root, image: 'x:${REVISION}', env_file: app.env}, root: {user: me}}",
                "deploy/../common/app.env": "A=1",
            ], environment: ["REVISION": "1"])
        let spec = try #require(result.spec["web"])
        #expect(spec.image == "x:1" && spec.user == "me" && spec.tty && spec.environment == ["A": "1"])
        #expect(result.spec.services.map(\.name) == ["web"])
    }

    @Test func whatIsWrongWithExtendsHasAPlace() {
        #expect(
            errors("a: {image: x, extends: b}\nb: {image: y, extends: {service: a}}").first
                == "deploy/docker-compose.yml:1:24: error: service \"a\": extends: \"b\" extends itself in the end")
        #expect(
            errors("web: {image: x, extends: wep}\nwebb: {image: y}") == [
                "deploy/docker-compose.yml:1:26: error: service \"web\": extends: there is no service \"wep\" in "
                    + "deploy/docker-compose.yml (did you mean \"web\"?)"
            ])
        #expect(
            errors("web: {image: x, extends: {file: no.yml, service: a}}") == [
                "deploy/docker-compose.yml:1:26: error: service \"web\": extends: the file \"deploy/no.yml\" can't be read"
            ])
    }

    @Test func includeBringsWholeFiles() throws {
        let result = try load(
            "include: [db.yml, {path: [cache.yml]}]\nservices: {web: {image: x, links: [db]}}\nvolumes: {data: {driver: nfs}}",
            files: [
                "deploy/db.yml": "services: {db: {image: pg}}\nvolumes: {data: {labels: {a: b}}}",
                "deploy/cache.yml": "cache: {image: redis}",
            ])
        #expect(result.spec.services.map(\.name) == ["db", "cache", "web"])
        #expect(result.spec.volumes?["data"]?.driver == "nfs" && result.spec.volumes?["data"]?.labels == ["a": "b"])
        #expect(
            errors(
                "include: [me.yml]\nservices: {}",
                files: ["deploy/me.yml": "include: [me.yml]\nservices: {a: {image: x}}"])
                == ["deploy/me.yml:1:11: error: include: \"deploy/me.yml\" includes itself"])
        #expect(errors("include: [no.yml]\nservices: {a: {image: x}}").count == 1)
    }

    @Test func dotenvStandsBehindTheEnvironment() throws {
        let files = ["deploy/.env": "TAG=file\nUSER_NAME=${TAG}-me\n"]
        let text = "a: {image: 'x:${TAG}', user: '${USER_NAME}', environment: [TAG]}"
        #expect(try load(text, files: files).spec["a"]?.image == "x:file")
        let given = try load(text, files: files, environment: ["TAG": "given"])
        #expect(given.spec["a"]?.image == "x:given" && given.spec["a"]?.user == "given-me")
        #expect(given.spec["a"]?.environment == ["TAG": "given"])
        #expect(
            errors("a: {image: x}", files: ["deploy/.env": "A B\n"]).first?.hasPrefix("deploy/.env:1:0: error:") == true
        )
    }

    @Test func profilesAreAskedFor() throws {
        let text = "services: {a: {image: x}, b: {image: y, profiles: [debug, test]}}"
        let without = try load(text)
        #expect(without.spec.services.map(\.name) == ["a"])
        #expect(
            without.warnings.map(\.description) == [
                "deploy/docker-compose.yml:1:27: warning: service \"b\" is left out: its profiles are not asked for "
                    + "(COMPOSE_PROFILES=debug,test)"
            ])
        #expect(
            try load(text, environment: ["COMPOSE_PROFILES": "test"]).spec["b"]?.lifecycle?.profiles == [
                "debug", "test",
            ])
    }
}
