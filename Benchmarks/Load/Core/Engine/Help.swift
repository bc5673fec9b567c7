enum Help {
    static let text = """
        sluice-load: load generator and referee for live media servers

        usage: sluice-load publish URL --file x.flv [-n N] [-t SEC] [options]
               sluice-load play URL [-n N] [-m M] [-t SEC] [options]
               sluice-load floor PORT [--rate MBIT] [--interval MS] [--spread] [--threads T]

        publish   plays an FLV file (H.264) in a loop to an RTMP server, a mark in each video frame
                  URL: rtmp://host[:port]/app/stream
        play      plays, and checks what it reads
                  URL: rtmp://host[:port]/app/stream, http://host[:port]/path (FLV is checked, anything else counted),
                       http://host[:port]/path.m3u8 (HLS with fMP4, low-latency HLS by blocking reload)
        floor     listens on 127.0.0.1:PORT and sends each player the same bytes, one send per interval: what the kernel
                  costs alone. Play it by http://127.0.0.1:PORT/
        %d in a URL is the stream number, first + i % M for connection i.

        A run: connect, wait until each player has its first key frame, warm up, the window, the result. One JSON object per
        line: {"ev":"ready"}, {"ev":"start"} and {"ev":"end"} of the window, {"ev":"result",…}, whose counts are the window's.
        SIGTERM ends it early, with a result. Exit status: 0 clean, 1 something failed (see the result), 2 usage.

        publish and play
          -n N                 connections (1)
          -t SEC               length of the window (10)
          -m M                 streams that they are spread over (N)
          --first K            first stream number (0)
          -w SEC               warm-up once all are ready (2)
          -r RATE              new connections per second (200)
          --ready-timeout SEC  longest wait for first key frames (15)
          --no-spread          do not spread source addresses over 127.0.0.2 to 127.0.0.251

        publish
          --file x.flv         what to play
          --chunk B            RTMP chunk size (4096)
          --no-mark            no marks: players cannot tell loss, corruption or latency

        play
          --parse-every K      check one in K players wholly, drop the others' bytes in the kernel (N <= 50: 1, else 20)
          --stall SEC          a player with a longer silence (HLS: with nothing left to play for longer) has stalled (1.5)
          --gap SEC            a longer step between timestamps is a gap (0.2)
          --behaviour B        once they have joined, players are
                                 healthy    read what comes
                                 stalled    never read again
                                 trickle    read one byte a second
                                 halfclose  send FIN and read on
                                 reset      close by RST within 100 ms, and join again a second later
                                 churn      come and go all through the window, checking all that they read
                               or a mix, by shares: healthy:0.8,stalled:0.1,churn:0.1   (also: --mix)
          --churn-rate R       churn: joins per second (500); players stay so long that about N are there at a time
          --joins J            churn: stop after so many joins (0: at the end of the window)
          --receive-buffer B   stalled and trickle: SO_RCVBUF (0: the kernel's)

        floor
          --rate MBIT          megabits per second and player (2.5)
          --interval MS        between two sends to a player (33.333)
          --spread             serve players evenly over the interval, not all at once
          --threads T          event loops (1)

        Names of the comparison kit's generator are understood too: rtmp-publish, rtmp-play, http-get.
        """
}
