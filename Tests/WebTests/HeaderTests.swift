import Foundation
import Access
import HTTPTransport
import HTTPTypes
import Model
import Testing

@testable import Web

/// What every answer carries, whoever asks and however it ends.
@Suite struct HeaderTests {
    static func check(_ reply: HTTPReply, _ what: String) {
        let type = reply.header("content-type") ?? ""
        #expect(reply.header("x-content-type-options") == "nosniff", "\(what)")
        #expect(reply.header("x-frame-options") == "DENY", "\(what)")
        #expect(reply.header("referrer-policy") == "same-origin", "\(what)")
        #expect(reply.header("permissions-policy")?.contains("camera=()") == true, "\(what)")
        #expect(reply.header("cross-origin-opener-policy") == "same-origin", "\(what)")
        #expect(reply.header("cross-origin-resource-policy") == "same-origin", "\(what)")
        #expect(reply.header("access-control-allow-origin") == nil, "\(what)")
        #expect(reply.header("server") == nil && reply.header("x-powered-by") == nil, "\(what)")
        #expect(reply.header("cache-control") != nil, "\(what)")
        let policy = reply.header("content-security-policy") ?? ""
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(what)")
        #expect(!policy.contains("unsafe") && !policy.contains("*") && !policy.contains("http"), "\(what)")
        // Only our own pages are pages.
        #expect(policy.contains("sandbox") == !(type.isEmpty || type.hasPrefix("text/html")), "\(what)")
        #expect(reply.body.isEmpty || !type.isEmpty, "\(what)")
        if type.hasPrefix("text/"), type != "text/event-stream" { #expect(type.contains("charset=utf-8"), "\(what)") }
    }

    @Test func `Every answer of every route carries the headers, to strangers and to admins`() async throws {
        try await World.run { world in
            let scene = try await Scene(world)
            let admin = try #require(scene.headers[.admin])
            // As long as the server lasts, and what would end the session.
            let rest = ["/live", "/events", "/sign-out"]
            for (name, request) in scene.requests where !rest.contains(where: { request.path.hasSuffix($0) }) {
                for headers in [[], admin] {
                    var request = request
                    request.headers = headers
                    let reply = try await world.client.send(request, timeout: .seconds(20))
                    Self.check(reply, "\(name.name) \(reply.status)")
                    if !request.path.hasPrefix("/assets/"), !request.path.hasPrefix("/git/") {
                        #expect(reply.header("cache-control") == "no-store", "\(name.name)")
                    }
                    if request.path.hasPrefix("/api/"), reply.header("content-type")?.contains("json") == true {
                        #expect(reply.header("content-disposition")?.hasPrefix("attachment") == true, "\(name.name)")
                    }
                }
            }
            for path in ["/nowhere", "/api/v1/nowhere", "/git/nowhere", "/%00", "/..%2f..%2fetc/passwd"] {
                Self.check(try await world.get(path), path)
                Self.check(try await world.get(path, admin), path)
            }
        }
    }

    struct Odd: Error { var secret = "hunter2" }

    @Test func `What a defect looks like from inside is told to nobody`() async throws {
        try await World.run(replacing: { routes in
            routes.map { route in
                var route = route
                if route.path != "/sign-in" { route.handler = { _, _ in throw Odd() } }
                return route
            }
        }) { world in
            let token = try await world.token()
            for path in ["/apps", "/api/v1/apps", "/healthz", "/git/a.git/info/refs"] {
                for headers in [token, []] {
                    let reply = try await world.get(path, headers)
                    #expect(!reply.text.contains("hunter2") && !reply.text.contains("Odd"), "\(path)")
                    Self.check(reply, path)
                    guard reply.status == 500 else { continue }
                    #expect(reply.text.contains("log has more at the reference"), "\(path)")
                }
            }
            #expect(try await world.get("/healthz").status == 500)
        }
    }

    @Test func `No stored page has a script or a style of its own`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
        let pages = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".html") }
        #expect(pages.count > 5)
        for page in pages {
            let text = try String(contentsOf: folder.appending(path: page), encoding: .utf8)
            #expect(!text.contains(/<[^>]*\s(?:style|on[a-z]+)=/), "\(page)")
            #expect(!text.contains(/<script(?![^>]*src="\/assets\/)/), "\(page)")
            #expect(!text.contains("<style") && !text.contains("javascript:"), "\(page)")
            // No file of another server: there is nothing to hold to a hash.
            #expect(!text.contains(/(?:src|<link[^>]*href)="(?:https?:)?\/\//), "\(page)")
        }
    }

    @Test func `A password can be pasted, kept by the browser, looked at and weighed`() {
        for page in [SignInPage().render(Sample.context).text, AccountPage(tokens: []).render(Sample.context).text] {
            let fields = page.matches(of: /<input type="password"[^>]*>/).map { String($0.0) }
            #expect(!fields.isEmpty)
            for field in fields {
                #expect(field.contains(/autocomplete="(?:current|new)-password"/))
                #expect(!field.contains("onpaste") && !field.contains("maxlength"))
            }
        }
        #expect(!Script.js.contains("paste"))
        #expect(Script.js.contains("Show the password") && Script.js.contains("createElement(\"meter\")"))
        // What is in the browser's own stores outlives a session.
        for store in ["localStorage", "sessionStorage", "indexedDB", "document.cookie"] {
            #expect(!Script.js.contains(store))
        }
    }
}
