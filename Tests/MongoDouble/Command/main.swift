// mongo-double [--port N] [--cut-every N] [--delay-ms N]: the test server as a program; prints "ready PORT PROCESS".
//
// Lines on standard input change what goes wrong, or ask: "cut N", "delay N", "gone 0|1", "primary 0|1", "count COMMAND" (prints it).

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
print("ready \(server.port) \(getpid())")
fflush(nil)
while let line = readLine() {
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 2 else { continue }
    let value = Int(words[1]) ?? 0
    switch words[0] {
    case "cut": server.set { $0.cutEvery = value }
    case "delay": server.set { $0.delayMilliseconds = value }
    case "gone": server.set { $0.gone = value != 0 }
    case "primary": server.set { $0.notPrimary = value == 0 }
    case "count": print(server.count(of: words[1]))
    default: break
    }
    if words[0] != "count" { print("done") }
    fflush(nil)
}
while true { pause() }
