/// The filters of a ladder, as libavfilter reads them: what becomes of all pictures, then each size from the next larger.
struct FilterText {
    var source: ScalerGraph.Source
    var timescale: UInt32
    var rungs: [Rung]
    var treatment: PictureTreatment

    /// The whole text. Inputs are `buffer@in` and, with a PNG, `buffer@png`; outputs `buffersink@rung0` and so on.
    var text: String {
        var parts: [String] = []
        var head =
            "buffer@in=video_size=\(source.width)x\(source.height):pix_fmt=\(source.format):time_base=1/\(timescale)"
            + ":pixel_aspect=\(source.aspect[0])/\(source.aspect[1])"
        if source.isInterlaced, treatment.deinterlaces { head += ",bwdif=mode=send_frame:parity=auto:deint=interlaced" }
        if let drawn = drawnText { head += "," + drawn }
        if let png = treatment.png, !treatment.overlay.png.isEmpty {
            parts += [head + "[under]", logo(png), "[under][logo]overlay=" + logoPlace + ":format=yuv420"]
            head = parts.removeLast()
        }
        let (chain, alone) = order
        let branches = alone.count + (chain.isEmpty ? 0 : 1)
        var names = (0..<branches).map { "whole\($0)" }
        parts.append(head + (branches > 1 ? ",split=\(branches)" : ",null") + names.map { "[\($0)]" }.joined())
        for index in alone { parts.append("[\(names.removeLast())]" + shaped(rungs[index]) + "buffersink@rung\(index)") }
        var from = names.first ?? ""
        for (place, index) in chain.enumerated() {
            let rung = rungs[index]
            var part = "[\(from)]scale=\(rung.width):\(rung.height):flags=bicubic,setsar=1,format=yuv420p"
            from = "from\(place)"
            part += place == chain.count - 1 ? "," : ",split[to\(place)][\(from)];[to\(place)]"
            parts.append(part + "buffersink@rung\(index)")
        }
        return parts.joined(separator: ";")
    }

    /// The shown width of the source: its pixels are made square.
    private var shownWidth: Int { Int(source.width) * Int(source.aspect[0]) / max(1, Int(source.aspect[1])) }

    /// Rungs of the source's shape, from the largest to the smallest, each made of the one before; and those of another shape, of the source.
    private var order: (chain: [Int], alone: [Int]) {
        let chain = rungs.indices.filter { isOfTheSourcesShape(rungs[$0]) }.sorted {
            (rungs[$0].height, rungs[$0].width) > (rungs[$1].height, rungs[$1].width)
        }
        return (chain, rungs.indices.filter { !chain.contains($0) })
    }

    private func isOfTheSourcesShape(_ rung: Rung) -> Bool {
        if rung.fit == .stretch { return true }
        // Sizes are even numbers: three lines or columns are no other shape, nor are two parts in a hundred.
        let wanted = Int(rung.height) * shownWidth / max(1, Int(source.height))
        let off = abs(wanted - Int(rung.width))
        return off <= 3 || off * 50 <= Int(rung.width)
    }

    /// A rung of another shape: with bars, or cut.
    private func shaped(_ rung: Rung) -> String {
        let (width, height) = (Int(rung.width), Int(rung.height))
        let (wide, high) = (max(1, shownWidth), max(1, Int(source.height)))
        let end = ",setsar=1,format=yuv420p,"
        if rung.fit == .crop {
            let isWider = wide * height > high * width
            let cut = isWider ? "crop=iw*\(width * high)/\(height * wide):ih" : "crop=iw:ih*\(wide * height)/\(high * width)"
            return cut + ",scale=\(width):\(height):flags=bicubic" + end
        }
        let isWider = wide * height > high * width
        let inner = isWider ? (width, high * width / wide) : (wide * height / high, height)
        let (w, h) = (max(2, inner.0 / 2 * 2), max(2, inner.1 / 2 * 2))
        return
            "scale=\(w):\(h):flags=bicubic,setsar=1,format=yuv420p,pad=\(width):\(height):\((width - w) / 4 * 2):\((height - h) / 4 * 2)"
            + end
    }

    private var drawnText: String? {
        let overlay = treatment.overlay
        guard !overlay.text.isEmpty, !treatment.font.isEmpty else { return nil }
        let (x, y) = overlay.place("text_w", "text_h", in: ("w", "h"))
        let size = max(6, Int(Double(source.height) * overlay.size / 2))
        return
            "drawtext=fontfile=\(Self.escaped(treatment.font)):text=\(Self.escaped(overlay.text)):expansion=none:fontsize=\(size)"
            + ":fontcolor=white@\(overlay.opacity):borderw=\(max(1, size / 16)):bordercolor=black@\(overlay.opacity):x=\(x):y=\(y)"
    }

    private func logo(_ png: OverlayPicture) -> String {
        let high = max(2, Int(Double(source.height) * treatment.overlay.size) / 2 * 2)
        let wide = high * Int(png.width) / max(1, Int(png.height)) * Int(source.aspect[1]) / max(1, Int(source.aspect[0]))
        return "buffer@png=video_size=\(png.width)x\(png.height):pix_fmt=\(png.format):time_base=1/\(timescale):pixel_aspect=1/1"
            + ",format=rgba,colorchannelmixer=aa=\(treatment.overlay.opacity),scale=\(max(2, min(16384, wide / 2 * 2))):\(high)[logo]"
    }

    private var logoPlace: String {
        let (x, y) = treatment.overlay.place("w", "h", in: ("W", "H"))
        return "x=\(x):y=\(y)"
    }

    /// A text as a filter's value: escaped as a value of an option, then as a part of a graph.
    static func escaped(_ text: String) -> String {
        func escape(_ text: String, _ special: Set<Character>) -> String {
            var result = ""
            for character in text {
                if special.contains(character) { result.append("\\") }
                result.append(character)
            }
            return result
        }
        return escape(escape(text, ["\\", "'", ":"]), ["\\", "'", "[", "]", ",", ";"])
    }
}
