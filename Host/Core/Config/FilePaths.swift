/// Paths in a configuration file, which are relative to that file's folder.
public enum FilePaths {
    /// The folder of a file, `.` for a bare name.
    public static func folder(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }

    /// An absolute path stays; any other is taken from the folder of `file`.
    public static func resolve(_ path: String, besides file: String) -> String {
        path.hasPrefix("/") ? path : join(folder(of: file), path)
    }

    /// The two with one slash between; `.` in front is left out.
    public static func join(_ folder: String, _ name: String) -> String {
        if folder == "." { return name }
        return folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
