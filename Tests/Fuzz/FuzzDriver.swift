// sluice-fuzz: one executable for all fuzz targets. SLUICE_FUZZ names the target, `list` prints all names; the arguments are libFuzzer's.
// Cores only: no socket, no host.

import Glibc

/// The name of each target, as its corpus folder is called.
private let targets: [(name: String, run: @Sendable (UnsafeRawBufferPointer) -> Void)] = [
    ("AMF", fuzzAMF), ("AV1", fuzzAV1), ("Audio", fuzzAudio), ("FLV", fuzzFLV), ("FLVHandover", fuzzFLVHandover),
    ("H264", fuzzH264),
    ("HEVC", fuzzHEVC), ("HLSHandover", fuzzHLSHandover),
    ("HLSDirectives", fuzzHLSDirectives), ("HLSPackager", fuzzHLSPackager), ("HTTPPath", fuzzHTTPPath),
    ("ID3", fuzzID3), ("IsolationMedia", fuzzIsolationMedia), ("IsolationWire", fuzzIsolationWire), ("JSON", fuzzJSON),
    ("KalturaAddress", fuzzKalturaAddress), ("KalturaAnswer", fuzzKalturaAnswer),
    ("KalturaConfiguration", fuzzKalturaConfiguration), ("KalturaKS", fuzzKalturaKS),
    ("KalturaProfile", fuzzKalturaProfile), ("Ladder", fuzzLadder), ("MP4", fuzzMP4), ("Origin", fuzzOrigin),
    ("RTMPChunk", fuzzRTMPChunk), ("RTMPHandover", fuzzRTMPHandover), ("RTMPHandshake", fuzzRTMPHandshake),
    ("RTMPSession", fuzzRTMPSession), ("SessionWire", fuzzSessionWire),
    ("SignedAddress", fuzzSignedAddress), ("TokenFiles", fuzzTokenFiles), ("TokenText", fuzzTokenText),
    ("WebSocket", fuzzWebSocket), ("WebhookAnswer", fuzzWebhookAnswer), ("WebhookRequest", fuzzWebhookRequest),
    ("XML", fuzzXML),
]

private nonisolated(unsafe) var chosen: (UnsafeRawBufferPointer) -> Void = { _ in }

/// libFuzzer's `main` calls this first (its optional entry): chooses the target, or lists all.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ argc: UnsafeMutablePointer<Int32>?, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> Int32 {
    let name = getenv("SLUICE_FUZZ").map { String(cString: $0) } ?? ""
    if name == "list" {
        for target in targets { print(target.name) }
        exit(0)
    }
    guard let target = targets.first(where: { $0.name == name }) else {
        print("SLUICE_FUZZ has to name a target: \(targets.map(\.name).joined(separator: " ")), or list")
        exit(64)
    }
    chosen = target.run
    return 0
}

/// One input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    chosen(UnsafeRawBufferPointer(start: data, count: size))
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argc: UnsafeMutablePointer<Int32>, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What SwiftPM makes the executable's `main`: named after the target.
@_cdecl("sluice_fuzz_main")
public func sluiceFuzzMain(_ argc: Int32, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
    var count = argc
    var arguments = argv
    return runDriver(&count, &arguments) { testOneInput($0, $1) }
}
