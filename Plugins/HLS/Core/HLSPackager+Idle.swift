/// What `OnDemandPackager` needs of its packager.
extension HLSPackager {
    /// Somebody waits for an answer.
    var isAwaited: Bool { !waits.isEmpty }

    /// Somebody asks for something: segments stay for as long as a playlist may be held that lists them.
    mutating func noteAsked() {
        for index in renditions.indices { renditions[index].askedAt = renditions[index].lastSequence }
    }

    /// Ends what was delivered and lets all of it go. Numbers go on; what follows starts with a discontinuity.
    mutating func forget() {
        endRun()
        for index in renditions.indices { renditions[index].forget() }
        firstShown = openSequence
        waits = [:]
    }
}
