extension LadderSettings {
    /// JSON schema of the step's keys.
    public static let schema = """
        {"type":"object","properties":{
        "rungs":{"type":"array","minItems":0,"maxItems":8,
        "description":"the renditions; none: sound only; default: 720, 540 and 360 lines at 3000, 2000 and 730 kbit/s","items":{"type":"object","properties":{
        "label":{"type":"string","minLength":1,"maxLength":16,"description":"the rendition is STREAM_LABEL; default: 720p for a height of 720"},
        "height":{"type":"integer","minimum":16,"maximum":4320,"description":"lines; a rung that is larger than the source is left out"},
        "kbps":{"type":"integer","minimum":16,"maximum":100000,"description":"bit rate of the pictures, kbit/s"},
        "codec":{"type":"string","enum":["h264","hevc","av1"],"description":"default: that of its encoders, else h264"},
        "encoders":{"type":"array","minItems":1,"maxItems":9,"items":\(encoder),"description":"as the step's, for this rung"},
        "fps":{"type":"number","minimum":1,"maximum":240,"description":"at most so many pictures a second; key frames stay where they are"}},
        "required":["height","kbps"]}},
        "ladder":{"type":"string","enum":["apple-h264","apple-hevc"],"description":"in place of rungs: a ladder by name"},
        "profile":{"type":"string","enum":["from-entry"],
        "description":"the renditions are those of the stream's attribute ladder.profile, where it has one"},
        "encoders":{"type":"array","minItems":1,"maxItems":9,"items":\(encoder),
        "description":"the first that opens on this machine is used; default: the software encoder of each rung's codec"},
        "preset":{"type":"string","enum":["ultrafast","superfast","veryfast","faster","fast","medium","slow"],"default":"veryfast",
        "description":"more processor time for better pictures; libx264's words, other encoders get theirs by them"},
        "latency":{"type":"string","enum":["normal","zero"],"default":"normal","description":"zero: no frames wait in the encoder"},
        "audio":\(AudioSettings.schema),
        "slate":\(SlateSettings.schema),
        "thumbnail_s":{"type":"integer","minimum":0,"maximum":3600,"default":10,
        "description":"seconds between two stills of the stream, at /APP/STREAM/thumbnail.jpg; 0: none"},
        "key_interval_ms":{"type":"integer","minimum":500,"maximum":20000,
        "description":"a key frame is put in where the source has none for so long; default 4000, 2000 with a ladder by name"},
        "deinterlace":{"type":"string","enum":["auto","off"],"default":"auto","description":"auto: pictures that are marked as interlaced"},
        "overlay":{"type":"object","description":"drawn over all renditions; the stream's attributes overlay.text and so on go before",
        "properties":{
        "text":{"type":"string","maxLength":200},
        "png":{"type":"string","maxLength":128,"description":"a file in the plugin's data folder"},
        "position":{"type":"string","default":"top-right",
        "enum":["top-left","top","top-right","left","center","right","bottom-left","bottom","bottom-right"]},
        "opacity":{"type":"number","minimum":0,"maximum":1,"default":1},
        "size":{"type":"number","minimum":0.01,"maximum":1,"default":0.1,
        "description":"of the picture's height: how high the PNG is; a line of text is half as high"}}}}}
        """

    private static let encoder: String =
        #"{"type":"string","enum":["# + EncoderKind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ",") + "]}"
}
