// sluice-fuzz: one executable for all fuzz targets. SLUICE_FUZZ names the target, `list` prints all names; the arguments are libFuzzer's.
// Cores only: no socket, no host.

import Glibc

/// The name of each target, as its corpus folder is called.
private let targets: [(name: String, run: (UnsafeRawBufferPointer) -> Void)] = [
    ("AMF", fuzzAMF), ("AV1", fuzzAV1), ("Audio", fuzzAudio), ("FLV", fuzzFLV), ("H264", fuzzH264), ("HEVC", fuzzHEVC),
    ("HLSDirectives", fuzzHLSDirectives), ("HLSPackager", fuzzHLSPackager), ("HTTPPath", fuzzHTTPPath), ("JSON", fuzzJSON),
    ("KalturaAddress", fuzzKalturaAddress), ("KalturaConfiguration", fuzzKalturaConfiguration), ("MP4", fuzzMP4),
    ("RTMPChunk", fuzzRTMPChunk), ("RTMPHandshake", fuzzRTMPHandshake), ("RTMPSession", fuzzRTMPSession),
    ("WebSocket", fuzzWebSocket),
]

private nonisolated(unsafe) var chosen: (UnsafeRawBufferPointer) -> Void = { _ in }

@_silgen_name("LLVMFuzzerRunDriver")
private func LLVMFuzzerRunDriver(
    _ argc: UnsafeMutablePointer<Int32>, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// SwiftPM calls an executable's `main` by the target's name.
@_cdecl("sluice_fuzz_main")
public func sluiceFuzzMain(_ argc: Int32, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
    let name = getenv("SLUICE_FUZZ").map { String(cString: $0) } ?? ""
    if name == "list" {
        for target in targets { print(target.name) }
        return 0
    }
    guard let target = targets.first(where: { $0.name == name }) else {
        print("SLUICE_FUZZ has to name a target: \(targets.map(\.name).joined(separator: " ")), or list")
        return 64
    }
    chosen = target.run
    var count = argc
    var arguments = argv
    return LLVMFuzzerRunDriver(&count, &arguments) { data, size in
        chosen(UnsafeRawBufferPointer(start: data, count: size))
        return 0
    }
}
