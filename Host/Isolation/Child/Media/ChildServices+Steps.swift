import CSluice

extension ChildServices {
    nonisolated(unsafe) static let transform = keep(
        sluice_transform_service(
            struct_size: size(sluice_transform_service.self), reserved: 0,
            set_outputs: { _, transform, outputs, stride, count, error in
                plugin.transforms.setOutputs(transform, outputs, stride, count, error)
            },
            ready: { _, transform in plugin.transforms.ready(transform) },
            set_still: { _, transform, jpeg in plugin.transforms.setStill(transform, jpeg) },
            set_report: { _, transform, json in plugin.transforms.setReport(transform, json) }))

    nonisolated(unsafe) static let source = keep(
        sluice_source_service(
            struct_size: size(sluice_source_service.self), reserved: 0,
            set_timer: { _, source, deadline in plugin.sources.setTimer(source, deadline) },
            end: { _, source, reason in plugin.sources.end(source, reason) }))
}
