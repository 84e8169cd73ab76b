import Testing

@testable import NameServer

struct NameBookTests {
    private func place(_ near: String, _ far: String? = nil) -> NameBook.Place {
        .init(near: IPv4Address(near), far: far.flatMap { IPv4Address($0) })
    }

    private var book: NameBook {
        var book = NameBook()
        book.places[.init("db", in: "shop")] = [place("10.1.0.2", "10.9.0.2"), place("10.1.0.3", "10.9.0.3")]
        book.places[.init("site", in: "press")] = [place("10.2.0.2", "10.9.0.4"), place("10.2.0.3")]
        book.groups[.init("store", in: "shop")] = [.init("db", in: "shop"), .init("site", in: "press")]
        book.links[.init("api", in: "shop")] = [
            "database": [.init("db", in: "shop")], "site": [.init("site", in: "press")],
        ]
        return book
    }

    private func find(_ name: String) -> String {
        switch book.find(name.split(separator: ".").map(String.init)) {
        case .addresses(let all): all.map(\.description).joined(separator: " ")
        case .unknown: "unknown"
        case .foreign: "foreign"
        }
    }

    @Test(arguments: [
        ("db.api.shop.slipway", "10.1.0.2 10.1.0.3"), ("db.shop.api.shop.slipway", "10.1.0.2 10.1.0.3"),
        // Across stacks by the network that they share; who isn't in it isn't found.
        ("db.shop.site.press.slipway", "10.9.0.2 10.9.0.3"), ("site.press.api.shop.slipway", "10.9.0.4"),
        // Another stack's services go by their full names, and links by the service that has them.
        ("db.site.press.slipway", "unknown"), ("database.api.shop.slipway", "10.1.0.2 10.1.0.3"),
        ("database.web.shop.slipway", "unknown"), ("site.api.shop.slipway", "10.9.0.4"),
        // Services that mean others.
        ("store.api.shop.slipway", "10.1.0.2 10.1.0.3 10.9.0.4"),
        ("store.shop.site.press.slipway", "10.9.0.2 10.9.0.3 10.2.0.2 10.2.0.3"),
        ("nobody.api.shop.slipway", "unknown"), ("api.shop.slipway", "unknown"), ("slipway", "unknown"),
        ("example.com", "foreign"), ("db.api.shop.slipway.com", "foreign"),
    ])
    func `A name means what it means to whom asks`(name: String, answer: String) {
        #expect(find(name) == answer)
    }

    @Test func `A book is read as it was written, capitals and unknown lines aside`() {
        #expect(NameBook(text: book.text) == book)
        #expect(NameBook(text: book.text + "news of a newer version\nplaces\nlink shop\n") == book)
        var capital = NameBook()
        capital.places[.init("DB", in: "Shop")] = [place("10.1.0.2")]
        #expect(
            NameBook(text: capital.text).find(["db", "api", "shop", "slipway"])
                == .addresses([IPv4Address("10.1.0.2")].compactMap(\.self)))
        #expect(NameBook(text: "") == NameBook())
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-1", "1.2.3.", "a.b.c.d", "1.2.3.0004"])
    func `What is no address is none`(text: String) {
        #expect(IPv4Address(text) == nil)
    }
}
