extension LadderSettings {
    /// What is known of the source's pictures.
    public struct Source: Sendable, Equatable {
        public var width: Int
        public var height: Int
        /// Of a pixel, width to height.
        public var aspect: (horizontal: Int, vertical: Int)
        /// Pictures in 1000 s; 0: not known.
        public var rateMilli: UInt32
        /// bit/s; 0: not known.
        public var bitrate: Int64

        public init(
            width: Int, height: Int, aspect: (horizontal: Int, vertical: Int) = (1, 1), rateMilli: UInt32 = 0, bitrate: Int64 = 0
        ) {
            self.width = width
            self.height = height
            // One side sixteen times as long as the other is nonsense.
            let (wide, high) = aspect
            self.aspect = wide > 0 && high > 0 && wide / 16 <= high && high / 16 <= wide ? aspect : (1, 1)
            self.rateMilli = rateMilli
            self.bitrate = bitrate
        }

        public static func == (one: Source, other: Source) -> Bool {
            one.width == other.width && one.height == other.height && one.aspect == other.aspect
                && one.rateMilli == other.rateMilli && one.bitrate == other.bitrate
        }

        /// With square pixels.
        var shownWidth: Int { (width * aspect.horizontal + aspect.vertical / 2) / aspect.vertical }
    }

    /// The rungs for a source of this size: none is larger than it; widths and heights are even.
    public func rungs(width: Int, height: Int) throws(Refusal) -> [Rung] {
        try rungs(of: Source(width: width, height: height))
    }

    /// The rungs for a source: none has more lines than it; widths and heights are even, pixels square.
    public func rungs(of source: Source) throws(Refusal) -> [Rung] {
        let (width, height) = (source.width, source.height)
        guard width >= 16, height >= 16, width <= 8192, height <= 8192, width * height <= InputTrack.mostPixels else {
            throw Refusal(description: "pictures of \(width) x \(height) are not transcoded; from 16 x 16 to 8192 x 4320 are")
        }
        guard !rungs.isEmpty else { throw Refusal(description: "there are no rungs, and nothing is to be done with the sound") }
        let fitting = rungs.filter { $0.height <= height }
        guard !fitting.isEmpty else {
            throw Refusal(description: "each rung is larger than the source, which has \(height) lines")
        }
        return fitting.map { rung($0, source) }
    }

    private func rung(_ wish: Wish, _ source: Source) -> Rung {
        let size = size(wish, source)
        let bitrate = wish.bitrate > 0 ? wish.bitrate : source.bitrate > 0 ? source.bitrate : Self.bitrate(size)
        let named = wish.encoders.isEmpty ? encoders.filter { EncoderKind(rawValue: $0)?.codec == wish.codec } : wish.encoders
        var rate = wish.frameRateMilli
        let known = source.rateMilli > 0 ? source.rateMilli : assumedFrameRateMilli
        if wish.skippedFrames > 0, known > 0 {
            let kept = max(1, known / (wish.skippedFrames + 1))
            rate = rate > 0 ? min(rate, kept) : kept
        }
        return Rung(
            label: wish.label, width: Int32(clamping: size.width), height: Int32(clamping: size.height), fit: wish.fit,
            encoders: named.isEmpty ? wish.codec.encoders() : named, bitrate: bitrate,
            maxrate: wish.isConstantBitrate ? bitrate : nil, preset: preset, zeroLatency: zeroLatency, profile: wish.profile,
            frameRateMilli: rate)
    }

    private func size(_ wish: Wish, _ source: Source) -> (width: Int, height: Int) {
        func even(_ side: Int) -> Int { min(8192, max(16, side + side % 2)) }
        let shown = source.shownWidth
        switch (wish.width, wish.height) {
        case (0, 0): return (even(shown), even(source.height))
        case (0, let height): return (even((shown * height + source.height / 2) / source.height), even(height))
        case (let width, 0): return (even(width), even((source.height * width + shown / 2) / max(1, shown)))
        case (let width, let height): return (even(width), even(height))
        }
    }

    /// Where nobody knows: a tenth of a bit for each pixel at 25 pictures a second.
    private static func bitrate(_ size: (width: Int, height: Int)) -> Int64 {
        max(100_000, Int64(size.width * size.height) * 5 / 2)
    }
}
