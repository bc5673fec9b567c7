enum Help {
    static let text = """
        sluice-load: load generator and referee for live media servers

        usage: sluice-load publish URL --file x.flv [-n N] [-t SEC] [options]     (also: rtmp-publish)
               sluice-load play URL [-n N] [-m M] [-t SEC] [options]              (also: rtmp-play, http-get)
        """
}
