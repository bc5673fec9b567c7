import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import HostCore

@Suite("What the service manager tells and is told")
struct SupervisionTests {
    static func socket(_ name: String) -> (descriptor: Int32, address: String) {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = [0] + Array(name.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        return (descriptor, "@" + name)
    }

    static func message(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    @Test("Lines go as one datagram to the socket that is named")
    func notify() throws {
        let (descriptor, address) = Self.socket("sluice-notify-\(getpid())")
        defer { close(descriptor) }
        let environment = ["NOTIFY_SOCKET": address, "WATCHDOG_USEC": "2000000"]
        let notify = try #require(NotifySocket { environment[$0] })
        #expect(notify.watchdogMicroseconds == 2_000_000)
        notify.send("READY=1", "STATUS=Serving")
        #expect(Self.message(descriptor) == "READY=1\nSTATUS=Serving")
        notify.reloading()
        #expect(Self.message(descriptor).hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    }

    @Test(
        "Without a socket, or with one that cannot be, nobody is told",
        arguments: [nil, "", "@", "relative", "vsock:1:2", "/" + String(repeating: "a", count: 200)])
    func nobody(_ name: String?) {
        #expect(NotifySocket { $0 == "NOTIFY_SOCKET" ? name : nil } == nil)
    }

    @Test("A watchdog of another process is none")
    func watchdogOfAnother() throws {
        let environment = ["NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "5", "WATCHDOG_PID": "1"]
        #expect(try #require(NotifySocket { environment[$0] }).watchdogMicroseconds == nil)
    }

    @Test("A socket goes to the listener of its name, else of its port; what is not for this process is not taken")
    func passed() throws {
        let pipe = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(pipe) }
        let sockets = PassedSockets([
            .init(descriptor: pipe, name: "rtmp", port: 7), .init(descriptor: pipe, name: "sluice.socket", port: 8080),
        ])
        for (name, port, isThere) in [("rtmp", 1935, true), ("http", 8080, true), ("http", 8081, false)] {
            let copy = sockets.copy(name: name, port: port)
            #expect((copy != nil) == isThere)
            if let copy {
                #expect(copy != pipe)
                close(copy)
            }
        }
        #expect(sockets.unused([("rtmp", 1935)]).map(\.port) == [8080])
        for environment in [
            [:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "1", "LISTEN_FDS": "1"], ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "-1"],
            ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "99999999999"],
        ] {
            #expect(PassedSockets { environment[$0] }.sockets.isEmpty)
        }
    }

    @Test("A loop that hangs is stuck, one that turns is not, and one that turns again is not any more")
    func liveness() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let loops = Array(group.makeIterator())
        let liveness = Liveness([("good", loops[0]), ("hung", loops[1])])
        let hangs = Atomic<Bool>(true)
        loops[1].execute { while hangs.load(ordering: .relaxed) { usleep(1000) } }
        // On a busy machine the good one may seem stuck, too, for a while.
        func eventuallyStuck(_ names: [String]) -> Bool {
            eventually {
                liveness.ask()
                return liveness.stuck(for: 300_000_000) == names
            }
        }
        #expect(eventuallyStuck(["hung"]))
        hangs.store(false, ordering: .relaxed)
        #expect(eventuallyStuck([]))
        try await group.shutdownGracefully()
    }
}
