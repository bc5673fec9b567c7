// StreamSteps: the steps that run on one stream: those of its app whose `from` is where the stream comes from. On the stream's lane.

import HostConfig
import HostPaths
import SluiceJSON

final class StreamSteps {
    private unowned let stream: LiveStream
    private(set) var running: [StepRun] = []
    /// Outputs that a step waits for and nobody makes; told once.
    private var missing: Set<String> = []

    init(_ stream: LiveStream) { self.stream = stream }

    /// Brings what runs into line with the app and with where the stream comes from. Steps that did not change notice nothing.
    func sync() {
        let wanted = wanted
        for run in running where !wanted.contains(where: { $0.name == run.configuration.name && $0.use == run.configuration.use })
        {
            end(run, "the step \(run.configuration.name) is not configured for the stream any more")
        }
        for step in wanted {
            if let run = running.first(where: { $0.configuration.name == step.name }) {
                if !run.configuration.isSame(as: step), run.configuration.settings != step.settings { run.replace(step) }
                continue
            }
            let run = StepRun(step, on: stream)
            running.append(run)
            stream.media.subscribe(run)
        }
    }

    private var wanted: [StepConfiguration] {
        guard let origin = stream.current?.origin, stream.media.tracks != nil else { return [] }
        return stream.policy.steps.filter { step in
            switch (step.from, origin) {
            case (.source, .session), (.source, .source): true
            case (.step(let name, let label), .step(let made, let output, _)): name == made && (label == nil || label == output)
            default: false
            }
        }
    }

    private func end(_ run: StepRun, _ reason: String) {
        stream.media.unsubscribe(run)
        running.removeAll { $0 === run }
        run.close(reason: reason)
    }

    /// The stream is over.
    func close(_ reason: String) {
        for run in running { end(run, reason) }
    }

    /// A generation has to let go.
    func close(of generation: PluginGeneration, _ reason: String) {
        for run in running { run.close(of: generation, reason) }
    }

    /// Another generation serves a plugin.
    func move(to generation: PluginGeneration) {
        for run in running where run.isServed(by: generation.id, otherThan: generation) { run.replace() }
    }

    /// A plugin came into service.
    func openMissing(_ plugin: String) {
        for run in running where run.configuration.use == plugin { run.openMissing() }
    }

    func attributesChanged(_ attributes: [(String, String)]) {
        for run in running { run.attributesChanged(attributes) }
    }

    func housekeep(at now: UInt64) {
        for run in running { run.housekeep(at: now) }
    }

    /// A step that waits for an output that its step does not make will wait for ever: the operator hears it.
    func outputsNamed(by run: StepRun) {
        for step in stream.policy.steps {
            guard case .step(run.configuration.name, let label?) = step.from, !run.outputs.contains(where: { $0.label == label }),
                missing.insert(step.from.description).inserted
            else { continue }
            stream.server.log.warning(
                "a step waits for an output that is not made",
                [
                    "stream": stream.key.description, "step": step.name, "from": step.from.description,
                    "made": run.outputs.map(\.label).joined(separator: " "),
                ])
        }
    }

    /// For `GET /api/v1/streams/{app}/{stream}`.
    var listing: JSONValue {
        .array(
            running.map { run in
                var object: JSONObject = [
                    "step": .string(run.configuration.name), "plugin": .string(run.configuration.use),
                    "state": .string(run.current == nil ? "failed" : run.next == nil ? "running" : "being replaced"),
                    "frames_lost": JSONValue(run.current?.framesLost ?? 0), "failures": JSONValue(run.failuresInAll),
                    "outputs": .array(
                        run.outputs.map { output in
                            var shown: JSONObject = [
                                "label": .string(output.label), "stream": .string(output.key?.stream.text ?? ""),
                                "on_air": .bool(output.publication != nil),
                            ]
                            if !output.reason.isEmpty { shown["reason"] = .string(output.reason) }
                            return .object(shown)
                        }),
                ]
                if let current = run.current { object["generation"] = JSONValue(current.generation.number) }
                if let report = run.current?.report.withLock({ $0 }) { object["report"] = report }
                if !run.reason.isEmpty { object["reason"] = .string(run.reason) }
                return .object(object)
            })
    }
}
