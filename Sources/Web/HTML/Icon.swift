/// The drawings, inline, so that they take the colour of the text.
enum Icon {
    static let check = stroke("M3.5 8.5l3 3 6-7")
    static let cross = stroke("M4.5 4.5l7 7m0-7l-7 7")
    static let clock = stroke("M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM8 5v3.2l2 1.3")
    static let minus = stroke("M4 8h8")
    static let back = stroke("M6.5 4L3 7.5 6.5 11M3.3 7.5h5.9a3.3 3.3 0 010 6.5H7")
    static let alert = stroke("M8 2.5L14.2 13H1.8zM8 6.5v3m0 1.8v.2")
    static let arrow = stroke("M3 8h9.5M9 4.5L12.5 8 9 11.5")
    static let chevron = stroke("M6 4l4 4-4 4")
    static let slash = stroke("M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM4.2 4.2l7.6 7.6")
    static let box = stroke("M8 1.8l5.5 3v6.4l-5.5 3-5.5-3V4.8zM2.6 4.9L8 7.8l5.4-2.9M8 7.8v6.2")
    static let branch = stroke(
        "M4.5 5.5v5m0 0a1.6 1.6 0 100 3.2 1.6 1.6 0 000-3.2zm0-5a1.6 1.6 0 100-3.2 1.6 1.6 0 000 3.2zm7 1.2a1.6 1.6 0 100-3.2 1.6 1.6 0 000 3.2zm0 0c0 3-4 2.3-6.6 3.9"
    )
    static let redo = stroke("M13 3v3.5H9.5M12.7 6.3A5.2 5.2 0 108 13.2a5.2 5.2 0 004.6-2.8")
    static let lines = stroke("M3 4h10M3 8h10M3 12h6")
    static let server = stroke("M2.5 3h11v4h-11zm0 6h11v4h-11zM5 5h.01M5 11h.01")
    static let link = stroke(
        "M6.5 9.5l3-3M7.5 4.7l1-1a2.6 2.6 0 013.8 3.6l-1.2 1.2M8.5 11.3l-1 1a2.6 2.6 0 01-3.8-3.6l1.2-1.2")
    static let plus = stroke("M8 3v10M3 8h10")
    static let spinner = HTML(
        raw: """
            <svg class="icon spin" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="5.5" class="track"/>\
            <path d="M8 2.5a5.5 5.5 0 015.5 5.5"/></svg>
            """)
    /// A hull on its slipway.
    static let logo = HTML(raw: "<svg class=\"logo\" viewBox=\"0 0 32 32\" aria-hidden=\"true\">\(logoShapes)</svg>")
    static let logoShapes = """
        <path class="hull" d="M5 7.5l19.6 6.6c1.2.4 1.7 1.8 1 2.9l-2.3 3.6c-.5.8-1.5 1.2-2.4.9L9.3 17.6c-.6-.2-1.1-.6-1.3-1.2z"/>\
        <path class="ramp" d="M3 19l24 8"/>
        """

    private static func stroke(_ path: String) -> HTML {
        HTML(raw: "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"\(path)\"/></svg>")
    }
}
