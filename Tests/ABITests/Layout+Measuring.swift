import Foundation

extension Layout {
    /// What the system's C compiler makes of these headers.
    /// - Parameters:
    ///   - headers: file names below `sluice/`, each text read by `HeaderReader`.
    ///   - include: the folder that holds `sluice/`.
    init(measuring headers: [String], include: URL = Repository.include) throws {
        let texts = try headers.map { try String(contentsOf: include.appendingPathComponent("sluice/\($0)"), encoding: .utf8) }
        let reader = try HeaderReader(texts)
        var program = "#include <stddef.h>\n#include <stdio.h>\n" + headers.map { "#include <sluice/\($0)>\n" }.joined()
        program += "int main(void) {\n"
        program += "printf(\"%u %u\\n\", SLUICE_ABI_MAJOR, SLUICE_ABI_MINOR);\n"
        for one in reader.structs {
            program += "printf(\"%zu\\n\", sizeof(\(one.name)));\n"
            for field in one.fields {
                program +=
                    "printf(\"%zu %zu\\n\", offsetof(\(one.name), \(field)), sizeof(((\(one.name) *)0)->\(field)));\n"
            }
        }
        for name in reader.integers { program += "printf(\"%lld\\n\", (long long)\(name));\n" }
        for name in reader.texts { program += "printf(\"%s\\n\", \(name));\n" }
        program += "return 0;\n}\n"
        var lines = try Self.run(program, include: include)[...]
        func numbers(_ count: Int) throws -> [Int] {
            let found = (lines.popFirst() ?? "").split(separator: " ").compactMap { Int($0) }
            guard found.count == count else { throw Unreadable() }
            return found
        }
        let abi = try numbers(2)
        (major, minor) = (abi[0], abi[1])
        for one in reader.structs {
            let size = try numbers(1)[0]
            let fields = try zip(one.fields, one.declarations).map { name, declaration in
                let place = try numbers(2)
                return Field(name: name, offset: place[0], size: place[1], declaration: declaration)
            }
            structs[one.name] = Struct(size: size, fields: fields)
        }
        for name in reader.integers { integers[name] = try numbers(1)[0] }
        for name in reader.texts { self.texts[name] = lines.popFirst() ?? "" }
        types = reader.types
    }

    private static func run(_ program: String, include: URL) throws -> [String] {
        let folder = try TemporaryFolder()
        let source = try folder.write("layout.c", program)
        let binary = folder.url.appendingPathComponent("layout").path
        let built = try CCompiler.c().run(["-std=c11", "-I", include.path, source, "-o", binary])
        guard built.status == 0 else { throw CannotBuild(output: built.output) }
        return try CCompiler.run(binary, []).output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    struct CannotBuild: Error, CustomStringConvertible {
        let output: String
        var description: String { output }
    }
}
