/// The name server as a part of `slipway-agent`: `names FILE [ADDRESS:PORT [UPSTREAM:PORT]]`.
public enum NameProgram {
    /// The exit status, once it ends; nil where the words are none of its own.
    public static func run(_ words: [String]) -> Int32? {
        guard words.first == "names", (2...4).contains(words.count) else { return nil }
        return NameServer.serve(
            file: words[1], at: words.count > 2 ? words[2] : "0.0.0.0:53", upstream: words.count > 3 ? words[3] : nil)
    }
}
