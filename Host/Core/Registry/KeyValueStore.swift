import SluiceJSON
import Synchronization

/// A plugin's little state: one JSON file in its folder, values in hexadecimal, rewritten whole and durably at each change.
final class KeyValueStore: Sendable {
    static let keyLimit = 256
    static let valueLimit = 64 << 10
    static let countLimit = 4096
    static let bytesLimit = 4 << 20

    enum Refusal: Error, CustomStringConvertible {
        case limit(String)
        case disk(String)

        var description: String {
            switch self {
            case .limit(let text), .disk(let text): text
            }
        }
    }

    private struct State: Sendable {
        var values: [String: [UInt8]]?
        /// Why what is on the disk can't be read: it is not written over then.
        var unreadable: String?
    }

    private let file: String
    private let state = Mutex(State())

    init(file: String) { self.file = file }

    func get(_ key: String) -> [UInt8]? {
        state.withLock { load(&$0)[key] }
    }

    func put(_ key: String, _ value: [UInt8]?) throws(Refusal) {
        let result: Result<Void, Refusal> = state.withLock { state in
            var values = load(&state)
            if let reason = state.unreadable { return .failure(.disk(reason)) }
            guard !key.isEmpty, key.utf8.count <= Self.keyLimit else { return .failure(.limit("a key is 1 to 256 bytes")) }
            guard (value?.count ?? 0) <= Self.valueLimit else { return .failure(.limit("a value is at most 64 KiB")) }
            if value == nil, values[key] == nil { return .success(()) }
            values[key] = value
            guard values.count <= Self.countLimit else { return .failure(.limit("at most 4,096 keys")) }
            guard values.reduce(0, { $0 + $1.key.utf8.count + $1.value.count }) <= Self.bytesLimit else {
                return .failure(.limit("at most 4 MiB"))
            }
            let pairs = values.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string(Digest.hex($0.value))) }
            do {
                try Files.replace(file, with: JSONValue.object(JSONObject(pairs)).serializedBytes(), mode: 0o600)
            } catch {
                return .failure(.disk(String(describing: error)))
            }
            state.values = values
            return .success(())
        }
        try result.get()
    }

    func each(prefix: String) -> [(String, [UInt8])] {
        state.withLock { load(&$0) }.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func load(_ state: inout State) -> [String: [UInt8]] {
        if let values = state.values { return values }
        var values: [String: [UInt8]] = [:]
        do {
            if Files.exists(file) {
                // Hexadecimal doubles the values, escapes may grow the keys sixfold.
                let json = try JSONValue(parsing: Files.read(file, limit: 32 << 20), limits: JSONLimits(bytes: 32 << 20))
                guard let object = json.objectValue else { throw Refusal.disk("not an object") }
                for (key, value) in object { if let text = value.stringValue { values[key] = Self.unhex(text) } }
            }
        } catch {
            state.unreadable = "\(file) can't be read: \(error)"
        }
        state.values = values
        return values
    }

    private static func unhex(_ text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x61 + 10
            default: nil
            }
        }
        return stride(from: 0, to: digits.count - digits.count % 2, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
