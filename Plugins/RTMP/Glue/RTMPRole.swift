import RTMPCore
import SluiceKit

/// What the host gave or was asked for one message stream: a publication, or a request to play and its grant.
struct RTMPRole {
    let stream: UInt32
    var publication: Publication?
    var request: RTMPPlayRequest?
    /// Of the host's verdict, until it is used; 0 for none.
    var grant: sluice_handle = 0

    var isEmpty: Bool { publication == nil && request == nil && grant == 0 }
}

extension [RTMPRole] {
    /// The role of a message stream; one that holds nothing takes no room.
    subscript(stream: UInt32) -> RTMPRole {
        get { first { $0.stream == stream } ?? RTMPRole(stream: stream) }
        set {
            if let index = firstIndex(where: { $0.stream == stream }) {
                if newValue.isEmpty { remove(at: index) } else { self[index] = newValue }
            } else if !newValue.isEmpty {
                append(newValue)
            }
        }
    }
}
