// The transcoder: makes renditions of each stream of a step ([[app.NAME.step]] use = "transcode"). The core decodes, scales and encodes with
// libavcodec and libavfilter; this file and the next bring it together with the host.

import CAV
import SluiceKit
import TranscodeCore

@c(sluice_module_v1)
public func sluiceModule(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(TranscodePlugin.self, hello, error)
}

/// `sluice.transform`: a ladder of each stream.
final class TranscodePlugin: Plugin, TransformProvider {
    static let module = ModuleDescription(
        id: "transcode", version: "0.1.0", description: "renditions in H.264 of what is published, by libavcodec",
        stepSchema: LadderSettings.schema)

    init(host: Host) { av_log_set_level(AV_LOG_QUIET) }

    func openTransform(_ request: TransformRequest) throws -> any Transform {
        do throws(LadderSettings.Refusal) {
            return LadderTransform(request, try LadderSettings(request.settings))
        } catch {
            throw PluginError(error.description, code: SLUICE_E_INVALID)
        }
    }
}
