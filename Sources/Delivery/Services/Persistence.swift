import Logging
import Model
import Store

/// Says again and again what must be recorded, until the database takes it. Ends with the task.
func persistently(_ logger: Logger, _ body: () async throws -> Void) async {
    var isTold = false
    while !Task.isCancelled {
        do {
            return try await body()
        } catch {
            if !isTold { logger.error("can't be recorded yet", metadata: ["reason": "\(error)"]) }
            isTold = true
            try? await Task.sleep(for: .seconds(1))
        }
    }
}

extension Store {
    /// Wakes the followers in a second, for one that could not look.
    func wakeSoon() async {
        try? await Task.sleep(for: .seconds(1))
        events.wake()
    }
}
