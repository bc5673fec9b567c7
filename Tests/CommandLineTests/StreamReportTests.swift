import SluiceJSON
import Testing

@testable import sluice

@Suite struct StreamReportTests {
    private static let output: JSONValue = [
        "plugin": "rtmp", "players": 57, "frames_lost": 0, "format": "rtmp", "variant": "1", "players_by_thread": [29, 28],
        "players_behind": 2, "players_waiting": 1, "bytes_out": 1_503_238_553, "bytes_skipped": 12_582_912, "jumps": 8, "cuts": 3,
        "records": 5400, "bytes_dropped": 0, "log_bytes": 2_097_152,
        "lag_bytes": ["p50": 0, "p90": 4096, "p99": 1_258_291, "max": 3_145_728],
        "lag_ms": ["p50": 0, "p90": 13, "p99": 4026, "max": 10_066],
    ]
    private static let stream: JSONValue = [
        "app": "live", "name": "a\u{1B}v", "state": "live", "started": 1_000_000, "reconnects": 1,
        "tracks": [["id": 0, "kind": "video", "codec": "avc1", "width": 1280, "height": 720, "frame_rate": 29.97]],
        "players": 57, "bytes_in": 12_897_485, "frames_in": 5400, "frames_dropped": 0, "bitrate": 2_500_000,
        "bytes_out": 1_503_238_553, "bytes_skipped": 12_582_912, "jumps": 8, "cuts": 3,
        "publisher": ["session": "7", "peer": "192.0.2.1", "protocol": "rtmp", "client": "OBS", "principal": "0_ab"],
        "outputs": [output, ["plugin": "hls", "players": 0, "frames_lost": 4]],
    ]

    @Test func saysWhatAnOperatorAsks() {
        let lines = StreamReport(stream: Self.stream, now: 1_000_187).lines
        #expect(
            lines == [
                "live/a\u{FFFD}v  live, for 3 min 7 s",
                "video      avc1 1280x720 29.97 fps",
                "publisher  192.0.2.1 by rtmp, OBS, as 0_ab, session 7",
                "in         2.5 Mbit/s, 12.3 MiB, 5400 frames, 0 dropped, 1 reconnect",
                "out        57 players, 1.4 GiB, 12.0 MiB skipped in 8 jumps, 3 cut",
                "",
                "OUTPUT  PLAYERS  BY THREAD  SENT     SKIPPED   JUMPS  CUT  LOG      RECORDS  DROPPED",
                "rtmp/1  57       29+28      1.4 GiB  12.0 MiB  8      3    2.0 MiB  5400     0 B",
                "",
                "LAG NOW  BEHIND  WAITING  P50         P90              P99              MAX",
                "rtmp/1   2       1        0 B (0 ms)  4.0 KiB (13 ms)  1.2 MiB (4.0 s)  3.0 MiB (10.1 s)",
                "",
                "hls: 4 frames lost",
            ])
    }

    @Test func aStreamThatLingersHasNobody() {
        let lines = StreamReport(stream: ["app": "a", "name": "b", "state": "lingering", "tracks": []], now: 5).lines
        #expect(lines.prefix(2) == ["a/b  lingering", "publisher  nobody"])
        #expect(!lines.contains("") && lines.count == 4)
    }

    @Test func whatAPluginTellsOfItsStepIsATable() {
        let rungs: JSONValue = [["label": "360p", "lag_ms": 133], ["label": "1\u{1B}", "lag_ms": 7]]
        let step: JSONValue = [
            "step": "ladder", "plugin": "transcode", "state": "running", "frames_lost": 0, "outputs": [],
            "report": ["mode": "zero", "rungs": rungs],
        ]
        let lines = StreamReport(stream: ["app": "a", "name": "b", "state": "live", "tracks": [], "steps": [step]], now: 5).lines
        let begin = lines.firstIndex { $0.hasPrefix("step ") } ?? 0
        #expect(
            lines[begin...].prefix(6) == [
                "step       ladder by transcode, running, 0 frames lost", "ladder mode: zero", "", "LADDER  LABEL  LAG MS",
                "rungs   360p   133", "rungs   1\u{FFFD}     7",
            ])
    }

    @Test(
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (102_400, "100 KiB"), (1 << 40, "1.0 TiB"), (.max, "8192 PiB"),
        ] as [(Int64, String)])
    func bytesAreReadable(count: Int64, text: String) { #expect(Quantity.bytes(count) == text) }

    @Test func timesAreReadable() {
        #expect(Quantity.seconds(59) == "59 s" && Quantity.seconds(-3) == "0 s" && Quantity.seconds(7500) == "2 h 5 min")
        #expect(Quantity.seconds(273_600) == "3 d 4 h" && Quantity.milliseconds(999) == "999 ms")
        #expect(Quantity.bitrate(0) == "0 bit/s" && Quantity.bitrate(366_172) == "366 kbit/s")
    }
}
