import Formats

/// Nothing traps, and what is read is read again from what it is written as.
func fuzzXML(_ bytes: UnsafeRawBufferPointer) {
    guard let element = try? XMLElement(parsing: Array(bytes)) else { return }
    var limits = XMLLimits()
    limits.bytes = .max
    guard let again = try? XMLElement(parsing: element.serialized(), limits: limits), again == element else {
        preconditionFailure("a document that cannot be written again")
    }
}
