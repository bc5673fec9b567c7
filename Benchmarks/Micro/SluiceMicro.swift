// sluice-micro: what a frame costs on its way, in nanoseconds and allocations, part by part.
//
// Measures product code only, in the release build, single-threaded where the product is. Times are for reading; what CI holds is the
// counts (`--check`), which do not depend on the machine.

import Glibc
import SluiceJSON

@main
enum SluiceMicro {
    static func main() {
        do throws(MicroError) {
            exit(try run(Options(Array(CommandLine.arguments.dropFirst()))))
        } catch {
            say("sluice-micro: \(error)")
            exit(2)
        }
    }

    private static func run(_ options: Options) throws(MicroError) -> Int32 {
        let chosen = Benchmark.all.filter { options.filter.isEmpty || $0.name.contains(options.filter) }
        guard !chosen.isEmpty else { throw .usage("no benchmark's name contains \(options.filter)") }
        let limits: AllocationLimits? = if let file = options.limits { try AllocationLimits(file: file) } else { nil }
        var figures: [Figures] = []
        for benchmark in chosen {
            do throws(MicroError) {
                figures.append(try benchmark.run(batches: options.batches))
            } catch {
                // Without a limit to hold, the others are worth having.
                guard case .plugin = error, limits == nil else { throw error }
                say("sluice-micro: \(benchmark.name) left out: \(error)")
            }
        }
        print(options.json ? JSONValue(figures.map(\.json)).serialized(pretty: true) : FigureTable.text(figures))
        let breaches = limits?.breaches(figures, filtered: !options.filter.isEmpty) ?? []
        for breach in breaches { say("sluice-micro: \(breach)") }
        return breaches.isEmpty ? 0 : 1
    }

    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(2, bytes, bytes.count)
    }
}
