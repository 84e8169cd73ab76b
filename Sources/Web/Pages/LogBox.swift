import Model

/// A log on a page: what there is of it, and where the script goes on reading.
struct LogBox: Sendable {
    /// Bytes that a page shows; the rest is a click away.
    static let window = 256 * 1024

    /// `/builds/1/steps/2/log`: the live stream is below it, the whole text is at `.txt`.
    var path: String
    var fragment: LogFragment?
    /// The first byte shown; more than 0 when there is something earlier.
    var start = 0
    var isComplete = false
    var isFull = false
    var emptyText = "No output yet"
    /// Name of the file under which it is downloaded; nil where it is only shown.
    var file: String?

    var html: HTML {
        """
        <div class="tools"><input type="search" placeholder="Search this log" aria-label="Search this log" hidden>\
        <span class="hits" role="status"></span>\(earlier)<a class="raw" href="\(path).txt">Raw log</a>\
        \(file.map { "<a href=\"\(path).txt\" download=\"\($0)\">Download</a>" as HTML })</div>
        <div class="log\(" full", if: isFull)" data-log="\(path)/live"\(cursor)\(" data-complete", if: isComplete) data-empty="\(emptyText)" \
        tabindex="0" role="log" aria-live="off">\(fragment?.html)</div>
        """
    }

    private var cursor: HTML { fragment.map { " data-cursor=\"\($0.next.description)\"" } ?? .empty }

    private var earlier: HTML? {
        guard start > 0 else { return nil }
        let from = max(0, start - Self.window)
        return "<a href=\"\(path)?from=\(from)\">\(Words.bytes(start)) earlier: show</a>"
    }
}
