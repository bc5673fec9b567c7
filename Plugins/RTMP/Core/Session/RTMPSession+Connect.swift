import Formats

extension RTMPSession {
    /// The codecs that go through this server by FourCC.
    static let videoCodecs = ["avc1", "hvc1", "av01", "vp09", "vp08", "vvc1"]
    static let audioCodecs = ["mp4a", "Opus", "fLaC", ".mp3", "ac-3", "ec-3"]

    /// Reads a connect command and asks about it.
    mutating func connect(_ command: RTMPCommand) throws(RTMPError) {
        let object = command.object
        guard object.objectProperties != nil else { throw .badCommand("connect without an object") }
        let app = object["app"]?.stringValue ?? ""
        let tcUrl = object["tcUrl"]?.stringValue ?? ""
        do throws(RTMPNameFault) {
            let request = RTMPConnectRequest(
                address: try RTMPAddress(tcUrl: tcUrl, app: app), tcUrl: tcUrl, app: app,
                flashVer: Self.short(object["flashVer"]), swfUrl: Self.short(object["swfUrl"]),
                pageUrl: Self.short(object["pageUrl"]), type: Self.short(object["type"]),
                objectEncoding: object["objectEncoding"]?.doubleValue == 3 ? 3 : 0,
                capabilities: RTMPCapabilities(connect: object))
            connectRequest = request
            phase = .connecting(transaction: command.transaction)
            act(.askConnect(request))
        } catch {
            phase = .connecting(transaction: command.transaction)
            rejectConnect(RTMPRefusal(code: "NetConnection.Connect.Rejected", description: "address: \(error)"))
        }
    }

    /// At most 1,024 bytes of a text of the peer.
    private static func short(_ value: AMFValue?) -> String {
        guard let text = value?.stringValue else { return "" }
        return text.utf8.count <= 1024 ? text : String(decoding: text.utf8.prefix(1024), as: UTF8.self)
    }

    /// Answers `askConnect`. A refusal ends the connection.
    public mutating func answerConnect(_ decision: RTMPDecision, at now: UInt64) {
        guard case .connecting(let transaction) = phase else { return }
        switch decision {
        case .refuse(let refusal): rejectConnect(refusal)
        case .allow:
            phase = .connected
            idleSince = now
            send(RTMPControl.windowAcknowledgementSize(Self.window))
            send(RTMPControl.setPeerBandwidth(Self.window, limit: 2))
            send(RTMPControl.setChunkSize(UInt32(Self.outgoingChunkSize)))
            send(
                RTMPCommand("_result", transaction: transaction, [Self.serverProperties, connectInformation()]).chunks(
                    streamID: 0))
            resume(at: now)
        }
    }

    private mutating func rejectConnect(_ refusal: RTMPRefusal) {
        guard case .connecting(let transaction) = phase else { return }
        let info: AMFValue = [
            "level": "error", "code": "NetConnection.Connect.Rejected", "description": .string(refusal.description),
        ]
        send(RTMPControl.setChunkSize(UInt32(Self.outgoingChunkSize)))
        send(RTMPCommand("_error", transaction: transaction, [Self.serverProperties, info]).chunks(streamID: 0))
        if refusal.legacyPlayFailed { sendPlayFailed(refusal.description, on: 0) }
        close(.refused(refusal))
    }

    private static let serverProperties: AMFValue = ["fmsVer": "FMS/4,5,0,297", "capabilities": 255, "mode": 1]

    /// The info object: status, and what Enhanced RTMP this server speaks.
    private func connectInformation() -> AMFValue {
        var properties = [
            AMFProperty("level", "status"),
            AMFProperty("code", "NetConnection.Connect.Success"),
            AMFProperty("description", "Connection succeeded."),
            AMFProperty("objectEncoding", .number(Double(connectRequest?.objectEncoding ?? 0))),
        ]
        let list = connectRequest?.capabilities.fourCcList ?? []
        if !list.isEmpty {
            let known = list.filter { $0 == "*" || Self.videoCodecs.contains($0) || Self.audioCodecs.contains($0) }
            properties.append(AMFProperty("fourCcList", .strictArray(known.map { .string($0) })))
        }
        let forward = AMFValue.number(Double(RTMPCapabilities.canForward))
        properties.append(AMFProperty("videoFourCcInfoMap", .object(Self.videoCodecs.map { AMFProperty($0, forward) })))
        properties.append(AMFProperty("audioFourCcInfoMap", .object(Self.audioCodecs.map { AMFProperty($0, forward) })))
        let extensions =
            RTMPCapabilities.reconnect | RTMPCapabilities.multitrack | RTMPCapabilities.modEx | RTMPCapabilities.nanoOffset
        properties.append(AMFProperty("capsEx", .number(Double(extensions))))
        properties.append(AMFProperty("videoFunction", 4))
        return .object(properties)
    }

    /// Asks a client that understands it to connect anew (E-RTMP "Reconnect Request").
    ///
    /// - Parameter tcUrl: where to, absolute or relative; nil for the same address.
    /// - Returns: false when the client did not declare support; nothing is sent then.
    @discardableResult
    public mutating func requestReconnect(tcUrl: String?, description: String) -> Bool {
        guard phase == .connected, let request = connectRequest,
            request.capabilities.capsEx & RTMPCapabilities.reconnect != 0
        else { return false }
        var info = [AMFProperty("level", "status"), AMFProperty("code", "NetConnection.Connect.ReconnectRequest")]
        if let tcUrl { info.append(AMFProperty("tcUrl", .string(tcUrl))) }
        info.append(AMFProperty("description", .string(description)))
        send(RTMPCommand("onStatus", [.null, .object(info)]).chunks(streamID: 0))
        return true
    }
}

extension RTMPCapabilities {
    /// Reads what a connect object says; whatever has another type than it should is left out.
    init(connect object: AMFValue) {
        fourCcList = (object["fourCcList"]?.arrayValues ?? []).prefix(64).compactMap { value in
            guard let text = value.stringValue, text.utf8.count <= 4 else { return nil }
            return text
        }
        video = Self.map(object["videoFourCcInfoMap"])
        audio = Self.map(object["audioFourCcInfoMap"])
        capsEx = object["capsEx"]?.uint32Value ?? 0
        videoFunction = object["videoFunction"]?.uint32Value ?? 0
    }

    private static func map(_ value: AMFValue?) -> [String: UInt32] {
        var map: [String: UInt32] = [:]
        for property in (value?.objectProperties ?? []).prefix(64) where property.name.utf8.count <= 4 {
            map[property.name] = property.value.uint32Value
        }
        return map
    }
}
