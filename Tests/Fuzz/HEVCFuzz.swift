import Formats

/// The input as `hvcC`, as each kind of parameter set, and as an access unit.
func fuzzHEVC(_ bytes: UnsafeRawBufferPointer) {
    let array = Array(bytes)
    if let record = try? HEVCConfiguration(parsing: array) {
        guard let again = try? HEVCConfiguration(parsing: record.serialized) else { preconditionFailure("own hvcC refused") }
        precondition(again == record, "hvcC changed")
        precondition(record.codecString.hasPrefix("hvc1."), "codec string")
        _ = try? record.geometry()
    }
    if let sps = try? HEVCSPS(nalUnit: [0x42, 1] + array) {
        precondition((1...16384).contains(sps.geometry.width) && (1...16384).contains(sps.geometry.height), "size out of bounds")
        precondition((1...7).contains(sps.subLayers), "sub-layers")
        let made = HEVCConfiguration(parameterSets: [[0x42, 1] + array])
        precondition(made == nil || (try? HEVCConfiguration(parsing: made?.serialized ?? [])) == made, "made hvcC changed")
    }
    _ = try? HEVCVPS(nalUnit: [0x40, 1] + array)
    fuzzAccessUnits(bytes, .hevc)
}
