import Foundation
import Glibc

/// Wakes who waits for a file to appear.
enum FolderWatch {
    /// Yields at once, then whenever a file got its name in the folder, and at the latest after `interval`. Where the
    /// kernel has no more watches to give, it yields every 50 ms.
    static func changes(in path: String, every interval: Duration) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let watch = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        let isWatched = watch >= 0 && inotify_add_watch(watch, path, UInt32(IN_MOVED_TO)) >= 0
        let pause = CInt(clamping: isWatched ? Int(interval / .milliseconds(1)) : 50)
        // Its other end is closed when nobody waits any more.
        var pipeEnds: [CInt] = [-1, -1]
        pipe(&pipeEnds)
        for end in pipeEnds { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (stop, open) = (pipeEnds[0], pipeEnds[1])
        continuation.onTermination = { _ in close(open) }
        Thread.detachNewThread {
            var events = [
                pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isWatched ? watch : -1, events: Int16(POLLIN), revents: 0),
            ]
            var buffer = [UInt8](repeating: 0, count: 4096)
            repeat {
                if case .terminated = continuation.yield() { break }
                poll(&events, nfds_t(events.count), pause)
                while events[1].revents != 0, read(watch, &buffer, buffer.count) > 0 {}
            } while events[0].revents == 0
            for descriptor in [watch, stop] where descriptor >= 0 { close(descriptor) }
        }
        return stream
    }
}
