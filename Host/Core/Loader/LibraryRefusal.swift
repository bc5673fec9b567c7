/// Why a library was not taken. The text is for the operator: what is wrong and what to do.
enum LibraryRefusal: Error, Equatable, CustomStringConvertible {
    case notFound(library: String, folders: [String])
    case unreadable(String)
    case writableByOthers(path: String)
    case notELF(path: String)
    case wrongMachine(path: String)
    case truncated(path: String)
    case hashDiffers(expected: String, found: String)
    case hashRequired
    case cannotLoad(String)
    case noEntry(path: String)
    case entryRefused(String)
    case wrongMajor(found: UInt32)
    case tooNew(minor: UInt32)
    case idDiffers(manifest: String, library: String)
    case missingInterface(String)
    case undeclaredInterface(String)
    case incomplete(String)

    var description: String {
        switch self {
        case .notFound(let library, let folders): "\(library) was not found in \(folders.joined(separator: ", "))"
        case .unreadable(let text): text
        case .writableByOthers(let path): "\(path) can be written by others: chmod go-w it"
        case .notELF(let path): "\(path) is not an ELF shared library"
        case .wrongMachine(let path): "\(path) is a library for another kind of machine"
        case .truncated(let path): "\(path) is cut short: copy it again"
        case .hashDiffers(let expected, let found): "the library's SHA-256 is \(found), the manifest says \(expected)"
        case .hashRequired: "[host] require_hash is on and the manifest has no sha256"
        case .cannotLoad(let text): "dlopen failed: \(text)"
        case .noEntry(let path): "\(path) exports no sluice_module_v1: not a Sluice plugin"
        case .entryRefused(let text): "the library refused this host: \(text)"
        case .wrongMajor(let found): "the library was built for ABI \(found), this host has 1"
        case .tooNew(let minor): "the library needs ABI 1.\(minor), this host has 1.0"
        case .idDiffers(let manifest, let library): "the manifest's id is '\(manifest)', the library says '\(library)'"
        case .missingInterface(let id): "the manifest names the interface \(id), the library does not offer it"
        case .undeclaredInterface(let id): "the library offers the interface \(id), the manifest does not name it"
        case .incomplete(let what): "the library's descriptor has no \(what)"
        }
    }
}
