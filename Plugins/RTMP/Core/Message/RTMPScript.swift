import Formats

/// The body of a data message: a handler name and its values, with the `@setDataFrame` of encoders taken off.
struct RTMPScript {
    /// Longest body taken, bytes.
    static let longest = 64 << 10

    let values: [AMFValue]
    /// AMF0.
    let body: [UInt8]
    /// Nil for what is not to be passed on.
    let name: String?

    init(_ message: RTMPMessage, isAMF3: Bool) throws(RTMPError) {
        var values = try RTMPCommand.values(message, isAMF3: isAMF3)
        let set = "@setDataFrame"
        let isSet = values.first?.stringValue == set
        if isSet { values.removeFirst() }
        self.values = values
        let name = values.first?.stringValue
        let isKept = name.map {
            !$0.isEmpty && $0.utf8.count <= 64 && !["@clearDataFrame", "onStatus", "|RtmpSampleAccess"].contains($0)
        }
        self.name = isKept == true ? name : nil
        let prefix = [2, 0, UInt8(set.utf8.count)] + Array(set.utf8)
        if isAMF3 {
            body = AMF0.encode(values)
        } else if isSet, message.body.starts(with: prefix) {
            body = Array(message.body[prefix.count...])
        } else {
            body = isSet ? AMF0.encode(values) : message.body
        }
    }
}
