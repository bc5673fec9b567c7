/// Wall clock as ISO 8601 with milliseconds and zone: `2026-11-21T01:02:03.456Z`.
enum ProgramDateTime {
    /// `milliseconds` since 1970-01-01T00:00:00Z; years outside 1970 … 9999 are clamped.
    static func append(_ milliseconds: Int64, to out: inout PlaylistWriter) {
        let clamped = min(max(milliseconds, 0), 253_402_300_799_999)
        let days = clamped / 86_400_000
        let rest = clamped % 86_400_000
        let (year, month, day) = civil(days)
        let fields: [6 of (value: Int64, digits: Int, end: StaticString)] = [
            (year, 4, "-"), (month, 2, "-"), (day, 2, "T"), (rest / 3_600_000, 2, ":"), (rest / 60_000 % 60, 2, ":"),
            (rest / 1000 % 60, 2, "."),
        ]
        for index in fields.indices {
            out.number(fields[index].value.magnitude, digits: fields[index].digits)
            out.text(fields[index].end)
        }
        out.number((rest % 1000).magnitude, digits: 3)
        out.text("Z")
    }

    /// Days since 1970 to year, month, day (the proleptic Gregorian calendar in eras of 400 years).
    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let z = days + 719_468
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
