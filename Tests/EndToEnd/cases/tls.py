"""With a certificate RTMPS and HTTPS open; SIGHUP takes a new one."""
import os
import signal
import socket
import ssl

from harness import case, equal, media, processes, wait, web


def certificate(folder, name):
    done = processes.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=" + name, "-keyout", os.path.join(folder, "server.key"), "-out", os.path.join(folder, "server.pem")])
    equal(done.returncode, 0, done.stderr)


def presented(port):
    with socket.create_connection(("127.0.0.1", port), 5) as plain:
        with ssl._create_unverified_context().wrap_socket(plain, server_hostname="localhost") as secure:
            return secure.getpeercert(binary_form=True)


@case(seconds=120)
def rtmps_and_https(house):
    server = house.own_server(extra='[tls]\ncertificate = "server.pem"\nkey = "server.key"\n')
    certificate(server.folder, "first.example")
    with server:
        with media.Publisher(server.url("rtmps", "live/secret"), house.path("tls.log"), program=media.newer_ffmpeg(),
                             options=["-tls_verify", "0"]) as publisher:
            try:
                server.wait_on_air("live/secret")
            except AssertionError as error:
                raise AssertionError("%s; ffmpeg said: %s" % (error, publisher.text())) from None
            equal(media.probe(server.url("rtmps", "live/secret")), {"video": "h264", "audio": "aac"}, "over RTMPS")
            index = server.url("https", "live/secret/index.m3u8")
            wait("the playlist", lambda: web.get(index)[0] == 200, 20)
            _, _, body = web.get(server.url("https", "live/secret.flv"), limit=20000)
            equal(body[:3], b"FLV", "HTTP-FLV over TLS")
            before = presented(server.port("https"))
            certificate(server.folder, "second.example")
            server.process.send_signal(signal.SIGHUP)
            wait("the new certificate", lambda: presented(server.port("https")) != before, 10)
            wait("the new certificate on RTMPS", lambda: presented(server.port("rtmps")) != before, 10)
            assert publisher.is_alive, "the publisher was cut: " + publisher.text()


@case
def without_a_certificate_they_stay_closed(house):
    for name in ("rtmps", "https"):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", house.server.port(name))) != 0, name + " is open"
