import SluiceJSON
import Testing

@testable import sluice

@Suite struct PluginReportTests {
    private static func generation(_ number: Int, _ state: String, _ leases: JSONValue) -> JSONValue {
        [
            "generation": JSONValue(number), "state": .string(state), "version": "0.1.0", "sha256": "78d9d9fb617e45264f88277f",
            "isolation": "host", "leases": leases,
        ]
    }

    @Test func eachGenerationIsALineWithWhatHoldsIt() {
        let plugin: JSONValue = [
            "id": "rtmp", "state": "ACTIVE", "reason": "", "generation": 6,
            "budgets": ["soft_ms": 2, "hard_ms": 500, "soft_overruns": 3, "hard_overruns": 0], "leases": ["sessions": 2],
            "generations": [
                Self.generation(4, "standby", ["sessions": 0, "sinks": 0]),
                Self.generation(6, "active", ["sessions": 2, "sinks": 1]),
            ],
        ]
        #expect(
            PluginReport(plugin: plugin).lines == [
                "id          rtmp",
                "state       ACTIVE",
                "reason      -",
                "generation  6",
                "calls       3 over 2 ms, 0 over 500 ms",
                "",
                "GENERATION  STATE    VERSION  SHA256        HELD BY",
                "4           standby  0.1.0    78d9d9fb617e  -",
                "6           active   0.1.0    78d9d9fb617e  2 sessions, 1 sink",
            ])
    }

    @Test func aProcessHasItsFigures() {
        var one = Self.generation(3, "active", ["questions": 1]).objectValue ?? [:]
        one["pid"] = 32202
        one["process"] = "running"
        one["restarts"] = 2
        one["memory"] = 29_315_072
        one["cpu_ms"] = 40
        one["sandbox"] = "no_new_privs, seccomp"
        one["last_death"] = "signal 9 \u{1B}"
        let lines = PluginReport(plugin: ["id": "kaltura", "generations": [.object(one)]]).lines
        #expect(
            lines == [
                "id  kaltura",
                "",
                "GENERATION  STATE   VERSION  SHA256        PROCESS  PID    STARTS  MEMORY    CPU    HELD BY",
                "3           active  0.1.0    78d9d9fb617e  running  32202  3       28.0 MiB  40 ms  1 question",
                "generation 3, sandbox: no_new_privs, seccomp",
                "generation 3, last death: signal 9 \u{FFFD}",
            ])
    }

    @Test func whatDoesNotRunHasNone() {
        #expect(
            PluginReport(plugin: ["id": "x", "state": "REJECTED", "reason": "no"]).lines == [
                "id      x", "state   REJECTED", "reason  no",
            ])
    }
}
