import CSluice
import Foundation
import Testing

@testable import HostIsolation

/// What a plugin's process can't do.
@Suite struct SandboxTests {
    /// Whether the kernel has all that is asked for; else the tests of its effect say nothing.
    private static let hasAll = (try? HostedBad(BadPlugin.library()) { $0.requiresSandbox = true }) != nil

    /// Whether it also knows ports: Landlock 4.
    private static let knowsPorts =
        (try? HostedBad(BadPlugin.library()) { ($0.requiresSandbox, $0.connectPorts) = (true, [1]) }) != nil

    @Test func whatIsInForceIsTold() throws {
        let sandbox = try HostedBad(BadPlugin.library()).module.figures.sandbox
        #expect(sandbox.hasPrefix("no_new_privs, capabilities, limits"), "\(sandbox)")
        print("sandbox: \(sandbox)")
    }

    @Test(
        .enabled(if: SandboxTests.hasAll),
        arguments: [
            ("shadow", "EACCES"), ("home", "EACCES"), ("write", "EACCES"), ("inet", "EPERM"), ("unix", "EPERM"),
            ("exec", "EPERM"),
            ("fork", "EPERM"), ("environ", "EACCES"), ("memory-of-host", "EACCES"), ("ptrace", "EPERM"), ("kill", "EPERM"),
            ("memfd", "EPERM"), ("bpf", "EPERM"), ("mount", "EPERM"),
            ("setuid", "EPERM"), ("memory", "ENOMEM"), ("environment", "EMPTY"), ("descriptors", "NONE"),
        ])
    func isRefused(_ attempt: String, _ answer: String) throws {
        let bad = try HostedBad(BadPlugin.library())
        #expect(bad.decide(attempt)?.reason == answer)
        #expect(bad.module.figures.restarts == 0)
    }

    @Test(.enabled(if: SandboxTests.hasAll))
    func isGranted() throws {
        let bad = try HostedBad(BadPlugin.library()) {
            $0.connectPorts = [1]
            $0.readable = ["/etc/shadow"]
            $0.memoryBytes = 3 << 30
        }
        #expect(bad.decide("inet")?.reason == "DONE" && bad.decide("unix")?.reason == "EPERM")
        #expect(["udp", "mptcp", "bind", "fastopen"].map { bad.decide($0)?.reason } == ["EPERM", "EPERM", "EPERM", "EPERM"])
        #expect(bad.decide("shadow")?.reason == "DONE" || getuid() != 0)
        #expect(bad.decide("home")?.reason == "EACCES" && bad.decide("exec")?.reason == "EPERM")
    }

    @Test(.enabled(if: SandboxTests.knowsPorts))
    func onlyGrantedPortsAreConnectedTo() throws {
        let bad = try HostedBad(BadPlugin.library()) { $0.connectPorts = [1] }
        // Nobody listens at 1; 2 is not granted.
        #expect(bad.decide("connect-1")?.reason == "ECONNREFUSED")
        #expect(bad.decide("connect-2")?.reason == "EACCES")
    }

    @Test(.enabled(if: SandboxTests.knowsPorts))
    func namesAreLookedUpOverTCPAtAPortThatIsGranted() throws {
        let (granted, other) = (try NameServer(), try NameServer())
        let bad = try HostedBad(BadPlugin.library()) { $0.connectPorts = [granted.port] }
        #expect(bad.decide("resolve-\(granted.port)")?.reason == "DONE")
        #expect(bad.decide("resolve-\(other.port)")?.reason == "NO_NAME")
        #expect(other.questions == 0)
    }
}
