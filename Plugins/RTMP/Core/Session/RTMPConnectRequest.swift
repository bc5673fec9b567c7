import Formats

/// What a connect command says (RTMP 1.0 §7.2.1.1, Enhanced RTMP "Enhancing NetConnection connect").
public struct RTMPConnectRequest: Sendable, Equatable {
    /// The parsed address.
    public var address: RTMPAddress
    /// As it came; may carry credentials.
    public var tcUrl: String
    /// As it came; may carry credentials.
    public var app: String
    public var flashVer: String
    public var swfUrl: String
    public var pageUrl: String
    /// `nonprivate` and the like.
    public var type: String
    /// 0 = AMF0, 3 = AMF3.
    public var objectEncoding: Int
    public var capabilities: RTMPCapabilities
}
