import Foundation
import Testing

/// Every fuzz entry is in the driver's table under its file's name, and has seeds.
@Suite struct FuzzTargetTests {
    private static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fuzz")

    @Test func theDriverNamesAllTargetsAndEachHasSeeds() throws {
        let driver = try String(contentsOf: Self.folder.appendingPathComponent("FuzzDriver.swift"), encoding: .utf8)
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix("Fuzz.swift") }
        #expect(files.count > 10)
        for name in files.map({ String($0.dropLast("Fuzz.swift".count)) }) {
            let source = try String(contentsOf: Self.folder.appendingPathComponent("\(name)Fuzz.swift"), encoding: .utf8)
            #expect(source.contains("func fuzz\(name)(_ bytes: UnsafeRawBufferPointer)"), "\(name)Fuzz.swift")
            #expect(driver.contains("(\"\(name)\", fuzz\(name))"), "\(name) is not in the driver")
            let seeds = try? FileManager.default.contentsOfDirectory(
                atPath: Self.folder.appendingPathComponent("Corpus/\(name)").path)
            #expect(seeds?.isEmpty == false, "\(name) has no seeds")
        }
    }
}
