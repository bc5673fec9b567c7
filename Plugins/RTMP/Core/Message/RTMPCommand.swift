import Formats

/// A command message (RTMP 1.0 §7.1.1): a name, a transaction id, and values of which the first is the command object.
public struct RTMPCommand: Sendable, Equatable {
    public var name: String
    /// 0 where no answer is wanted.
    public var transaction: Double
    public var arguments: [AMFValue]

    public init(_ name: String, transaction: Double = 0, _ arguments: [AMFValue] = []) {
        self.name = name
        self.transaction = transaction
        self.arguments = arguments
    }

    /// Reads the body of a message of type 20, or 17, whose first byte 0 is skipped.
    public init(_ message: RTMPMessage, limits: AMFLimits = .standard) throws(RTMPError) {
        var values = try RTMPCommand.values(message, isAMF3: message.type == RTMPMessageType.commandAMF3, limits: limits)
        guard let name = values.first?.stringValue else { throw .badCommand("no name") }
        values.removeFirst()
        self.name = name
        if let number = values.first?.doubleValue {
            transaction = number.isFinite ? number : 0
            values.removeFirst()
        } else {
            transaction = 0
        }
        arguments = values
    }

    /// All AMF0 values of a command or data message.
    static func values(
        _ message: RTMPMessage, isAMF3: Bool, limits: AMFLimits = .standard
    ) throws(RTMPError) -> [AMFValue] {
        var body = message.body[...]
        if isAMF3, body.first == 0 { body = body.dropFirst() }
        do throws(AMFError) {
            return try AMF0.decodeAll(body, limits: limits)
        } catch {
            throw .badCommand("\(error)")
        }
    }

    /// The argument behind the command object; its index counts from 0 there.
    func value(_ index: Int) -> AMFValue? {
        arguments.indices.contains(index + 1) ? arguments[index + 1] : nil
    }

    /// The command object.
    var object: AMFValue { arguments.first ?? .null }

    /// As chunks of AMF0 on chunk stream 3.
    public func chunks(streamID: UInt32) -> [UInt8] {
        let body = AMF0.encode([.string(name), .number(transaction)] + arguments)
        var out: [UInt8] = []
        let message = RTMPMessage(
            chunkStream: 3, type: RTMPMessageType.commandAMF0, streamID: streamID, timestamp: 0, body: body)
        RTMPChunkWriter.append(message, chunkSize: RTMPSession.outgoingChunkSize, to: &out)
        return out
    }

    /// An `onStatus` with its info object.
    public static func status(level: String = "status", code: String, description: String) -> RTMPCommand {
        RTMPCommand("onStatus", [.null, ["level": .string(level), "code": .string(code), "description": .string(description)]])
    }
}
