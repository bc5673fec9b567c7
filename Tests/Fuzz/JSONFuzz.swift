import SluiceJSON

/// Any bytes: a value that survives being written and read again, or an error inside the input.
func fuzzJSON(_ bytes: UnsafeRawBufferPointer) {
    do throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        for pretty in [false, true] {
            let text = value.serializedBytes(pretty: pretty)
            let again = try? JSONValue(parsing: text, limits: JSONLimits(bytes: .max))
            precondition(again == value, "written and read again, the value differs")
            precondition(again?.serializedBytes(pretty: pretty) == text, "the text is not stable")
        }
    } catch {
        precondition(error.offset >= 0 && error.offset <= bytes.count, "the error is outside the input")
    }
}
