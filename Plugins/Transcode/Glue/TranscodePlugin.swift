// The transcoder: makes renditions of each stream of a step ([[app.NAME.step]] use = "transcode"). The core decodes, scales and encodes with
// libavcodec and libavfilter; this file and the next bring it together with the host.

import CAV
import Glibc
import SluiceKit
import TranscodeCore

@c(sluice_module_v1)
public func sluiceModule(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(TranscodePlugin.self, hello, error)
}

/// `sluice.transform`: a ladder of each stream. `sluice transcode encoders`.
final class TranscodePlugin: Plugin, TransformProvider, CommandRunner {
    static let module = ModuleDescription(
        id: "transcode", version: "0.2.0", description: "renditions of what is published, by libavcodec",
        stepSchema: LadderSettings.schema)

    private let host: Host
    private let figures: LadderFigures

    init(host: Host) {
        self.host = host
        figures = LadderFigures(host: host)
        av_log_set_level(AV_LOG_QUIET)
        // libsvtav1 writes to stderr by itself.
        setenv("SVT_LOG", "-1", 1)
    }

    func openTransform(_ request: TransformRequest) throws -> any Transform {
        do throws(LadderSettings.Refusal) {
            return LadderTransform(request, try LadderSettings(request.settings), figures)
        } catch {
            throw PluginError(error.description, code: SLUICE_E_INVALID)
        }
    }

    private static let usage = """
        usage: sluice transcode encoders

          encoders   opens each encoder once, small, and says which work here and why the others do not

        """

    func run(_ arguments: [String]) async throws -> CommandResult {
        switch arguments {
        case ["encoders"]:
            CommandResult(
                standardOutput: try await host.worker {
                    EncoderProbe.all.map { found in
                        "\(found.kind.rawValue)  \(found.kind.codec.rawValue)  \(found.reason.map { "no: \($0)" } ?? "yes")\n"
                    }.joined()
                })
        case [], ["help"], ["--help"]: CommandResult(standardOutput: Self.usage)
        default: CommandResult(exitCode: 2, standardError: Self.usage)
        }
    }
}
