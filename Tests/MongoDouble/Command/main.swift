// mongo-double [--port N] [--cut-every N] [--delay-ms N]: the test server as a program; prints "ready PORT".

import Glibc
import MongoServer

var port: UInt16 = 0
var faults = MongoDouble.Faults()
var rest = CommandLine.arguments.dropFirst()
while let option = rest.popFirst() {
    let value = rest.popFirst().flatMap { Int($0) }
    switch (option, value) {
    case ("--port", let value?): port = UInt16(clamping: value)
    case ("--cut-every", let value?): faults.cutEvery = value
    case ("--delay-ms", let value?): faults.delayMilliseconds = value
    default:
        print("usage: mongo-double [--port N] [--cut-every N] [--delay-ms N]")
        exit(2)
    }
}
guard let server = MongoDouble(port: port) else {
    print("no port")
    exit(1)
}
let chosen = faults
server.set { $0 = chosen }
print("ready \(server.port)")
fflush(nil)
while true { pause() }
