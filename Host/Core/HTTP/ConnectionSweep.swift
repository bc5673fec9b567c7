// ConnectionSweep: the deadlines of all HTTP connections of one event loop.
//
// One timer looks at a flat array ten times a second. A timer per request would cost a search of the loop's timer heap
// for each one cancelled, which a thousand parked requests released at once would feel. Confined to its loop.

import NIOCore

final class ConnectionSweep: @unchecked Sendable {  // loop-confined; handed over at channel set-up only
    private static let pace = TimeAmount.milliseconds(100)

    private let loop: any EventLoop
    private var deadlines: [NIODeadline] = []
    private var connections: [HTTPConnection] = []
    private var isRunning = false

    init(loop: any EventLoop) {
        self.loop = loop
    }

    func add(_ connection: HTTPConnection, deadline: NIODeadline) {
        connection.sweepSlot = connections.count
        connections.append(connection)
        deadlines.append(deadline)
        guard !isRunning else { return }
        isRunning = true
        arm()
    }

    func set(_ connection: HTTPConnection, deadline: NIODeadline) {
        guard deadlines.indices.contains(connection.sweepSlot) else { return }
        deadlines[connection.sweepSlot] = deadline
    }

    func remove(_ connection: HTTPConnection) {
        let slot = connection.sweepSlot
        connection.sweepSlot = -1
        guard connections.indices.contains(slot), let last = connections.last else { return }
        connections[slot] = last
        deadlines[slot] = deadlines[deadlines.count - 1]
        if last !== connection { last.sweepSlot = slot }
        connections.removeLast()
        deadlines.removeLast()
    }

    private func arm() {
        loop.scheduleTask(in: ConnectionSweep.pace) { self.tick() }
    }

    private func tick() {
        let now = NIODeadline.now()
        let due = deadlines.indices.filter { deadlines[$0] <= now }.map { connections[$0] }
        for connection in due where connection.sweepSlot >= 0 && deadlines[connection.sweepSlot] <= now {
            connection.deadlinePassed()
        }
        isRunning = !connections.isEmpty
        if isRunning { arm() }
    }
}
