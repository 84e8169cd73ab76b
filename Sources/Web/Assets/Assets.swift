import Model

/// A file that pages need, held in the program itself: one binary, nothing to install beside it.
struct Asset: Sendable {
    let name: String
    let contentType: String
    let text: String
    /// `/assets/<hash>/<name>`: the address changes with the content, so browsers may keep it for ever.
    let path: String

    init(_ name: String, _ contentType: String, _ text: String) {
        self.name = name
        self.contentType = contentType
        self.text = text
        path = "/assets/\(String(Fingerprint(text).value, radix: 36))/\(name)"
    }
}

enum Assets {
    static let style = Asset("style.css", "text/css; charset=utf-8", Style.css)
    static let script = Asset("slipway.js", "text/javascript; charset=utf-8", Script.js)
    static let terminal = Asset("terminal.js", "text/javascript; charset=utf-8", TerminalScript.js)
    static let icon = Asset("icon.svg", "image/svg+xml", iconText)
    static let all = [style, script, terminal, icon]

    private static let iconText = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>.hull{fill:#4b74e6}\
        .ramp{fill:none;stroke:#4b74e6;stroke-width:3;stroke-linecap:round;opacity:.55}</style>\(Icon.logoShapes)</svg>
        """
}
