import Foundation
import TokenCore
import TokenFiles
import Testing

/// A folder that is gone with its test.
private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-token-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}

private func isFailed(_ use: UsedIDs.Use, _ text: String) -> Bool {
    guard case .failed(let reason) = use else { return false }
    return reason.contains(text)
}

/// What can't be written down is no use: the chain's failure policy decides, and the token stays good for when there is room again.
@Suite struct UsedIDsTests {
    private func key(_ id: Int) -> String { OneTimeIDs.key(issuer: "us", id: String(id)) }

    @Test func aRestartForgetsNone() throws {
        try withFolder { folder in
            let ids = UsedIDs(file: folder + "/used-ids")
            let uses = [ids.use(key(1), expires: 100, now: 0), ids.use(key(1), expires: 100, now: 1)]
            #expect(uses == [.first, .again])
            let after = UsedIDs(file: folder + "/used-ids")
            #expect(after.use(key(1), expires: 100, now: 2) == .again)
            #expect(after.use(key(2), expires: 100, now: 2) == .first)
        }
    }

    @Test func aFullDisk() throws {
        try withFolder { folder in
            let file = folder + "/used-ids"
            try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/dev/full")
            // Nothing is in it that was used before; /dev/full itself reads as zeros for ever.
            let ids = UsedIDs(file: file, loads: false)
            for _ in 0..<3 { #expect(isFailed(ids.use(key(1), expires: 100, now: 0), "No space left")) }
            try FileManager.default.removeItem(atPath: file)
            #expect(ids.use(key(1), expires: 100, now: 1) == .first)
            #expect(ids.use(key(1), expires: 100, now: 2) == .again)
            #expect(UsedIDs(file: file).use(key(1), expires: 100, now: 3) == .again)
        }
    }

    @Test func aFileThatCannotBeOpened() throws {
        try withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/used-ids", withIntermediateDirectories: true)
            let ids = UsedIDs(file: folder + "/used-ids")
            #expect(isFailed(ids.use(key(1), expires: 100, now: 0), "Is a directory"))
            #expect(isFailed(UsedIDs(file: folder + "/none/used-ids").use(key(1), expires: 100, now: 0), "No such file"))
            try FileManager.default.removeItem(atPath: folder + "/used-ids")
            #expect(ids.use(key(1), expires: 100, now: 1) == .first)
        }
    }

    /// The process or the disk was at its end in the middle of a line: the next one begins anew.
    @Test func aTornLine() throws {
        try withFolder { folder in
            let file = folder + "/used-ids"
            #expect(UsedIDs(file: file).use(key(1), expires: 100, now: 0) == .first)
            let whole = try Data(contentsOf: URL(fileURLWithPath: file))
            for cut in 1..<whole.count {
                try (whole + whole.prefix(cut)).write(to: URL(fileURLWithPath: file))
                #expect(UsedIDs(file: file).use(key(2), expires: 100, now: 0) == .first)
                let after = UsedIDs(file: file)
                #expect(after.use(key(1), expires: 100, now: 1) == .again, "\(cut)")
                #expect(after.use(key(2), expires: 100, now: 1) == .again, "\(cut)")
            }
        }
    }
}

@Suite struct KeyFilesTests {
    private let second: UInt64 = 1_000_000_000
    private func jwks(_ id: String) -> String { #"{"keys":[{"kty":"RSA","kid":"\#(id)","n":"AQAB","e":"AQAB"}]}"# }

    /// Each look is a second after the one before.
    @Test func badFilesLeaveTheKeysOfBefore() throws {
        try withFolder { folder in
            let (path, files) = (folder + "/keys.json", KeyFiles(folder: folder))
            var now: UInt64 = 0
            func look(_ text: String?) throws -> KeyFiles.Found {
                try? FileManager.default.removeItem(atPath: path)
                try text?.write(toFile: path, atomically: false, encoding: .utf8)
                now += second
                return files.keys("keys.json", at: now)
            }
            var found = try look(nil)
            #expect(found.unknown?.contains("No such file") == true && found.news == found.unknown && found.keys.keys.isEmpty)
            found = try look(nil)
            #expect(found.unknown != nil && found.news == nil)
            found = try look(String(jwks("a").dropLast(9)))
            #expect(found.unknown?.contains("no JSON") == true && found.news != nil)
            found = try look(jwks("a"))
            #expect(found.unknown == nil && found.news == nil && found.keys.keys.map(\.id) == ["a"])
            // From here on something is known, whatever becomes of the file.
            for (text, news) in [
                (String(jwks("b").dropLast(9)), "no JSON"), ("", "no JSON"), (nil, "No such file"), ("{}", "no list"),
            ] {
                found = try look(text)
                #expect(found.unknown == nil && found.keys.keys.map(\.id) == ["a"])
                #expect(found.news?.contains(news) == true, "\(found)")
            }
            found = try look(jwks("b"))
            #expect(found.unknown == nil && found.news == nil && found.keys.keys.map(\.id) == ["b"])
            // Keys that are withdrawn are withdrawn.
            found = try look(#"{"keys":[]}"#)
            #expect(found.unknown == nil && found.news != nil && found.keys.keys.isEmpty)
        }
    }

    @Test func whatIsNoFile() throws {
        try withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/keys.json", withIntermediateDirectories: true)
            #expect(KeyFiles(folder: folder).keys("keys.json", at: second).unknown?.contains("directory") == true)
            #expect(mkfifo(folder + "/pipe", 0o600) == 0)
            #expect(KeyFiles(folder: folder).keys("pipe", at: second).unknown != nil)
            try String(repeating: " ", count: TokenKeys.fileLimit + 1).write(
                toFile: folder + "/large", atomically: false, encoding: .utf8)
            #expect(KeyFiles(folder: folder).keys("large", at: second).unknown?.contains("bytes") == true)
        }
    }

    /// Between two looks nothing is read, even if the clock stands still.
    @Test func looksOnceASecond() throws {
        try withFolder { folder in
            let files = KeyFiles(folder: folder)
            #expect(files.keys("keys.json", at: second).unknown != nil)
            try jwks("a").write(toFile: folder + "/keys.json", atomically: true, encoding: .utf8)
            #expect(files.keys("keys.json", at: second + second / 2).unknown != nil)
            #expect(files.keys("keys.json", at: 2 * second).keys.keys.map(\.id) == ["a"])
        }
    }
}
