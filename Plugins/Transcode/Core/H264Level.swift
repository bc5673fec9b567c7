/// A level of H.264 (Rec. H.264 table A-1): what a player has to be able to decode.
public struct H264Level: Sendable, Equatable, CustomStringConvertible {
    /// Ten times the level: 31.
    public let number: Int
    /// Macroblocks a second, macroblocks of a picture, kbit/s and kbit of the buffer in the Baseline and Main profiles.
    let rate: Int, size: Int, bitrate: Int, buffer: Int

    public var description: String { "\(number / 10).\(number % 10)" }

    /// Table A-1 without 1b and level 6, which no player of HLS has to know.
    public static let all: [H264Level] = [
        .init(number: 10, rate: 1_485, size: 99, bitrate: 64, buffer: 175),
        .init(number: 11, rate: 3_000, size: 396, bitrate: 192, buffer: 500),
        .init(number: 12, rate: 6_000, size: 396, bitrate: 384, buffer: 1_000),
        .init(number: 13, rate: 11_880, size: 396, bitrate: 768, buffer: 2_000),
        .init(number: 20, rate: 11_880, size: 396, bitrate: 2_000, buffer: 2_000),
        .init(number: 21, rate: 19_800, size: 792, bitrate: 4_000, buffer: 4_000),
        .init(number: 22, rate: 20_250, size: 1_620, bitrate: 4_000, buffer: 4_000),
        .init(number: 30, rate: 40_500, size: 1_620, bitrate: 10_000, buffer: 10_000),
        .init(number: 31, rate: 108_000, size: 3_600, bitrate: 14_000, buffer: 14_000),
        .init(number: 32, rate: 216_000, size: 5_120, bitrate: 20_000, buffer: 20_000),
        .init(number: 40, rate: 245_760, size: 8_192, bitrate: 20_000, buffer: 25_000),
        .init(number: 41, rate: 245_760, size: 8_192, bitrate: 50_000, buffer: 62_500),
        .init(number: 42, rate: 522_240, size: 8_704, bitrate: 50_000, buffer: 62_500),
        .init(number: 50, rate: 589_824, size: 22_080, bitrate: 135_000, buffer: 135_000),
        .init(number: 51, rate: 983_040, size: 36_864, bitrate: 240_000, buffer: 240_000),
        .init(number: 52, rate: 2_073_600, size: 36_864, bitrate: 240_000, buffer: 240_000),
    ]

    /// The lowest that has room for such pictures; nil above 5.2. Bit/s and bits; frames per 1000 s.
    public static func lowest(
        width: Int, height: Int, rateMilli: Int, maxrate: Int64, buffer: Int64, profile: String
    ) -> H264Level? {
        let (wide, high) = ((width + 15) / 16, (height + 15) / 16)
        // The High profile's limits of rate and buffer are a quarter higher (table A-2).
        let factor: Int64 = profile == "baseline" || profile == "main" ? 1000 : 1250
        return all.first { level in
            wide * high <= level.size && wide * wide <= 8 * level.size && high * high <= 8 * level.size
                && wide * high * rateMilli <= level.rate * 1000 && maxrate <= Int64(level.bitrate) * factor
                && buffer <= Int64(level.buffer) * factor
        }
    }
}
