// sluice-catalogue: how long a decision of the Kaltura plugin takes at a given rate, with its catalogue in SQLite and in MongoDB.
//
// The plugin as it ships, in its process and sandbox, asked over the border as the server asks it.

import Glibc
import KalturaCatalogue
import KalturaCore
import SluiceJSON

@main
enum SluiceCatalogue {
    static func main() throws {
        guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
            print(Options.usage, terminator: "")
            exit(2)
        }
        exit(try measure(options))
    }

    private static func measure(_ options: Options) throws -> Int32 {
        var template = Array("/tmp/sluice-catalogue-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { exit(71) }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for end in ["", "-wal", "-shm"] { unlink("\(folder)/catalogue.sqlite\(end)") }
            rmdir(folder)
        }
        let server = options.store == .mongodb && options.address.isEmpty ? try WireServer() : nil
        defer { server?.end() }
        let address = server.map { "mongodb://127.0.0.1:\($0.port)/test" } ?? options.address
        try fill(options, address, folder)
        var config: JSONObject = ["backend": .string(options.store.rawValue)]
        if options.store == .mongodb { config["mongodb_uri"] = .string(address) }
        let plugin = try HostedKaltura(
            folder, config: JSONValue.object(config).serialized(), ports: options.store == .mongodb ? Self.ports(address) : [])
        let latencies = Questions(plugin, options).run()
        plugin.end()
        return report(latencies, options)
    }

    private static func ports(_ address: String) -> [UInt16] {
        let hosts = address.split(separator: "/").dropFirst().first ?? ""
        let ports = hosts.split(separator: ",").compactMap { $0.split(separator: ":").last.flatMap { UInt16($0) } }
        return Array(Set(ports + [27017, 53]))
    }

    /// Entries `0_00000000` …, a thousand to a partner, with tokens that follow from their number.
    private static func fill(_ options: Options, _ address: String, _ folder: String) throws {
        let store: any CatalogueStore =
            switch options.store {
            case .sqlite: try SQLiteCatalogue(path: folder + "/catalogue.sqlite")
            case .mongodb: try MongoCatalogue(address: address)
            }
        try store.prepare()
        if let last = EntryID(Questions.entry(options.entries - 1)), (try? store.entry(last)) != nil { return }
        let start = ContinuousClock.now
        var next = 0
        while next < options.entries {
            var batch = CatalogueBatch()
            for i in next..<min(next + 10_000, options.entries) {
                if i % 1000 == 0 {
                    batch.partners.append(CatalogueRecord(.integer(Int64(i / 1000 + 1)), ["name": .text("partner")]))
                }
                batch.entries.append(
                    CatalogueRecord(
                        .text(Questions.entry(i)),
                        [
                            "partner_id": .integer(Int64(i / 1000 + 1)), "name": .text("channel \(i)"),
                            "token": .text("token-\(i)"),
                        ]))
            }
            next += batch.entries.count
            try store.put(batch)
        }
        print("filled with \(options.entries) entries in \(start.duration(to: .now))")
    }

    private static func report(_ latencies: [UInt64], _ options: Options) -> Int32 {
        let sorted = latencies.sorted()
        func at(_ share: Double) -> UInt64 { sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)] / 1000 }
        print(
            "\(options.store.rawValue): \(sorted.count) decisions at \(options.rate)/s, \(options.entries) entries: p50 \(at(0.5)) us,",
            "p99 \(at(0.99)) us, p99.9 \(at(0.999)) us, longest \(at(1)) us")
        guard options.limit > 0, at(0.99) > UInt64(options.limit) else { return 0 }
        print("the 99th percentile is above \(options.limit) us")
        return 1
    }
}

/// The tests' MongoDB server, `mongo-double`, in its own process.
struct WireServer {
    struct Failure: Error {}

    let port: UInt16
    private let process: pid_t
    private let output: UnsafeMutablePointer<FILE>

    init() throws {
        guard let made = popen("exec \(HostedKaltura.beside("mongo-double")) < /dev/null", "r") else { throw Failure() }
        var line = [CChar](repeating: 0, count: 64)
        // "ready PORT PROCESS"
        guard fgets(&line, 64, made) != nil else { throw Failure() }
        let text = String(decoding: line.prefix { $0 >= 32 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let words = text.split(separator: " ")
        guard words.count == 3, let port = UInt16(words[1]), let process = pid_t(words[2]) else { throw Failure() }
        (self.port, self.process, output) = (port, process, made)
    }

    func end() {
        kill(process, SIGTERM)
        pclose(output)
    }
}
