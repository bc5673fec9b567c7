import SluiceKit

/// A file of the page, embedded when the library is built.
struct Asset: Sendable {
    /// Its name below `/APP/STREAM/`; empty for the page itself.
    let name: String
    let type: String
    let body: [UInt8]

    static let all = [
        Asset(name: "", type: "text/html; charset=utf-8", body: PackageResources.index_html),
        Asset(name: "player.css", type: "text/css; charset=utf-8", body: PackageResources.player_css),
        Asset(name: "icon.svg", type: "image/svg+xml", body: PackageResources.icon_svg),
        script("player.js", PackageResources.player_js),
        script("flvplayer.js", PackageResources.flvplayer_js),
        script("hlsplayer.js", PackageResources.hlsplayer_js),
        script("source.js", PackageResources.source_js),
        script("flv.js", PackageResources.flv_js),
        script("codecs.js", PackageResources.codecs_js),
        script("mp4.js", PackageResources.mp4_js),
        script("trackbuffer.js", PackageResources.trackbuffer_js),
    ]

    private static func script(_ name: String, _ body: [UInt8]) -> Asset {
        Asset(name: name, type: "text/javascript; charset=utf-8", body: body)
    }
}

extension Asset {
    /// Scripts, styles and pictures come from here only, media and connections from this host; nothing inline.
    ///
    /// `frame-ancestors` is left open: other sites embed the page.
    static let contentSecurityPolicy = [
        "default-src 'self'", "media-src 'self' blob:", "connect-src 'self' ws: wss:", "object-src 'none'", "base-uri 'none'",
        "form-action 'none'",
    ].joined(separator: "; ")

    /// The answer; caches keep it but ask each time, so that page and scripts are always of one build.
    var response: Response {
        Response(
            200,
            headers: [
                ("content-type", type),
                ("cache-control", "no-cache"),
                ("etag", "W/\"\(entityTag)\""),
                ("content-security-policy", Self.contentSecurityPolicy),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
            ],
            body: body, compress: true)
    }

    /// FNV-1a, 64 bits, of the body.
    private var entityTag: String {
        let hash = body.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }

    /// The files that a page names by `href` or `src`, or a module by `from`.
    var references: [String] {
        let text = String(decoding: body, as: UTF8.self)
        var found: [String] = []
        for (opening, closing) in [("href=\"", "\""), ("src=\"", "\""), ("from './", "'")] {
            var rest = text[...]
            while let start = rest.firstRange(of: opening) {
                let tail = rest[start.upperBound...]
                let name = tail.prefix { !closing.contains($0) && $0 != "#" }
                if !name.isEmpty { found.append(String(name)) }
                rest = tail.dropFirst(name.count)
            }
        }
        return found
    }
}

extension Substring {
    /// The first place of a text, without Foundation.
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
