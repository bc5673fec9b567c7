import Foundation

/// The headers as some later minor may have them: every struct that begins with `struct_size` has grown by 32 bytes.
enum NewerHeaders {
    static let minor = 7

    /// A folder with `sluice/…` below it.
    static let include: String = {
        do { return try make() } catch { fatalError("the newer headers could not be made: \(error)") }
    }()

    private static func make() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-newer-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Built.root.appendingPathComponent("PluginAPI/CSluice/include"), to: folder)
        for case let file as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) ?? .init()
        where file.pathExtension == "h" {
            let text = try String(contentsOf: file, encoding: .utf8)
            let grown = text.replacing(/(?s)(typedef struct \w+ \{\s+uint32_t struct_size;.*?)(\} \w+;)/) {
                "\($0.1)    uint64_t from_the_future[4];\n\($0.2)"
            }
            try grown.replacing("#define SLUICE_ABI_MINOR 0u", with: "#define SLUICE_ABI_MINOR \(minor)u")
                .write(to: file, atomically: true, encoding: .utf8)
        }
        return folder.path
    }
}
