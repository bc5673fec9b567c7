// LiveStream+Clock: what a stream's attributes say of its time: the wall clock that it shares with its group, and sync points.

import CSluice
import HostMedia

extension LiveStream {
    /// [lane] Who publishes, or what the attributes say, is another.
    func settleClock() {
        let isInput = current.map { !$0.origin.keepsTime } ?? false
        let group = attributes["group"] ?? ""
        let wanted = isInput && !group.isEmpty ? "\(key.app)/\(group)" : nil
        // Who is on air stays with the group that it began in.
        if wanted == nil || wallGroup == nil { shareWall(wanted) }
        media.limitDrift(milliseconds: attributes["clock.max_drift_ms"].flatMap { Int64($0) })
        syncPoints.follow(isInput || current == nil ? SyncPoints.Plan(attributes) : nil)
        if current != nil, syncTrack == nil, syncPoints.plan != nil, !said.isEmpty { tellTracks() }
    }

    /// [lane] The publisher has gone: its group does without it.
    func leaveWall() { shareWall(nil) }

    private func shareWall(_ group: String?) {
        guard group != wallGroup else { return }
        if let wallGroup { server.wallBases.leave(wallGroup) }
        wallGroup = group
        media.share(group.map { server.wallBases.enter($0) })
    }

    /// What the publisher said, and the track of its sync points.
    func withSyncTrack(_ tracks: [TrackSet.Track]) -> [TrackSet.Track] {
        syncTrack = syncPoints.plan == nil ? nil : SyncPoints.track(beside: tracks)
        return syncTrack.map { tracks + [$0] } ?? tracks
    }

    /// [lane] One is due, behind a frame that was taken.
    func addSyncPoint(behind frame: sluice_frame, now: UInt64, wall: Int64) {
        guard let syncTrack, let track = media.tracks?.track(frame.track), track.kind != SLUICE_TRACK_DATA else { return }
        let time = frame.dts == SLUICE_TIME_UNKNOWN_VALUE ? frame.pts : frame.dts
        let milliseconds = Timeline.nanoseconds(time, track.timescale) / 1_000_000
        guard let bytes = syncPoints.next(at: now, wallMilliseconds: media.latestWall / 1000) else { return }
        bytes.withUnsafeBufferPointer { bytes in
            var point = sluice_frame()
            point.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
            point.track = syncTrack.id
            (point.pts, point.dts) = (milliseconds, milliseconds)
            point.data = sluice_bytes(data: bytes.baseAddress, size: UInt64(bytes.count))
            media.push(point, arrival: now, wall: wall)
        }
    }
}
