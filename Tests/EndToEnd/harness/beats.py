"""Measures what a viewer sees and hears: beep minus flash, and holes in the timestamps."""
import statistics

import av
import numpy


class Measure:
    def __init__(self, url, seconds, options=None):
        self.flashes, self.beeps = [], []
        self.backwards = {"video": 0, "audio": 0}
        self.longest_hole = {"video": 0.0, "audio": 0.0}
        self.frames = {"video": 0, "audio": 0}
        self.last, self.on = {}, {"video": True, "audio": True}
        with av.open(url, options=options or {}, timeout=20) as container:
            first = None
            for frame in container.decode(container.streams.video[0], container.streams.audio[0]):
                if frame.pts is None:
                    continue
                at = float(frame.pts * frame.time_base)
                first = at if first is None else first
                if at - first > seconds:
                    break
                kind = "video" if isinstance(frame, av.VideoFrame) else "audio"
                length = frame.samples / frame.sample_rate if kind == "audio" else 0.04
                self.step(kind, at, length)
                (self.picture if kind == "video" else self.sound)(frame, at)

    def step(self, kind, at, length):
        self.frames[kind] += 1
        if kind in self.last:
            begin, end = self.last[kind]
            self.backwards[kind] += at < begin - 1e-6
            self.longest_hole[kind] = max(self.longest_hole[kind], at - end)
        self.last[kind] = (at, at + length)

    def picture(self, frame, at):
        rows = frame.to_ndarray(format="gray")
        white = float(rows[rows.shape[0] * 5 // 8:rows.shape[0] * 7 // 8].mean()) > 170
        if white and not self.on["video"]:
            self.flashes.append(at)
        self.on["video"] = white

    def sound(self, frame, at):
        samples = frame.to_ndarray()
        channel = samples[0] if frame.format.is_planar else samples.reshape(-1, len(frame.layout.channels))[:, 0]
        if channel.dtype == numpy.int16:
            channel = channel / 32768
        loud = numpy.abs(channel) > 0.1
        if loud.any() and not self.on["audio"]:
            self.beeps.append(at + int(loud.argmax()) / frame.sample_rate)
        self.on["audio"] = bool(loud.any())

    @property
    def offset_ms(self):
        """Median of beep minus flash over the beats that have both."""
        pairs = [(beep, min(self.flashes, key=lambda flash: abs(flash - beep))) for beep in self.beeps if self.flashes]
        near = [(beep - flash) * 1000 for beep, flash in pairs if abs(beep - flash) < 0.5]
        assert len(near) >= 2, "too few beats: %d flashes, %d beeps" % (len(self.flashes), len(self.beeps))
        return statistics.median(near)

    def expect_sound(self, what, allowed_ms=40, hole_ms=20):
        offset = self.offset_ms
        assert abs(offset) <= allowed_ms, "%s: beep %.1f ms after flash" % (what, offset)
        assert not any(self.backwards.values()), "%s: timestamps run backwards: %s" % (what, self.backwards)
        for kind, hole in self.longest_hole.items():
            assert hole * 1000 <= hole_ms, "%s: a hole of %.0f ms in the %s" % (what, hole * 1000, kind)
