/// How a connection is given up.
enum Departure: CaseIterable { case close, reset, halfClose }
