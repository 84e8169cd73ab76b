import Glibc

/// The program `slipway-agent`: process 1 of the containers in which steps run, and what hands a step to it.
///
/// Nothing but the C library is linked, all of it statically: it runs in whatever image it is mounted into.
public enum AgentProgram {
    static let usage = """
        usage: slipway-agent serve SOCKET                             runs what clients ask for
               slipway-agent exec SOCKET --workdir DIR -- COMMAND…    asks for it, with its own terminal
               slipway-agent names FILE [ADDRESS:PORT [ADDRESS:PORT]] answers what names mean, and asks the second for others
               slipway-agent end CONTAINER                            kills all processes of the container of that id
        """

    /// Runs what the arguments say and returns the exit status.
    public static func run() -> Int32 {
        let arguments = Array(Words.list(UnsafePointer(CommandLine.unsafeArgv)).dropFirst())
        let words = arguments.prefix(5).map { String(decoding: $0, as: UTF8.self) }
        if words.count == 2, words[0] == "serve" {
            keepFirstDescriptors()
            return AgentServer.serve(at: words[1])
        }
        if arguments.count > 5, words[0] == "exec", words[2] == "--workdir", words[4] == "--" {
            keepFirstDescriptors()
            return AgentClient(socket: words[1]).run(
                StepRequest(
                    arguments: Array(arguments.dropFirst(5)), environment: clientEnvironment(),
                    directory: arguments[3]))
        }
        if words.count == 2, words[0] == "end", let ended = ContainerProcesses.kill(of: words[1]) {
            say("\(ended) ended", to: STDOUT_FILENO)
            return 0
        }
        say(usage, to: STDERR_FILENO)
        return 2
    }

    private static func say(_ text: String, to descriptor: CInt) {
        let bytes = Array("\(text)\n".utf8)
        _ = write(descriptor, bytes, bytes.count)
    }

    /// All of it except what a supervisor knows its own processes by.
    private static func clientEnvironment() -> [[UInt8]] {
        let mark = Array("SLIPWAY_RUN".utf8)
        return Words.ownEnvironment.filter { $0.contains(UInt8(ascii: "=")) && Words.name(of: $0) != mark }
    }

    /// Descriptors 0 to 2 are open whoever starts us, so that no other takes their place.
    private static func keepFirstDescriptors() {
        while true {
            let descriptor = open("/dev/null", O_RDWR)
            if descriptor < 0 { return }
            if descriptor > 2 {
                close(descriptor)
                return
            }
        }
    }
}
