/*
 * A protocol of lines: what comes in goes back, line by line; "quit" ends the connection. The host owns the socket, this is the logic:
 * bytes in, bytes out, whole or in pieces.
 */
#include "sluice_kit.h"

#define LINE_LIMIT 1024 /* nothing that a peer can grow is without a bound */

typedef struct lines {
    char line[LINE_LIMIT];
    size_t used;
} lines;

/* Takes bytes up to the end of a line. 1: a line is whole (without its end), 0: more is needed, -1: it is too long. */
static int take(lines *l, const uint8_t *bytes, uint64_t count, uint64_t *at) {
    while (*at < count) {
        char c = (char)bytes[(*at)++];
        if (c == '\n') return 1;
        if (l->used == LINE_LIMIT) return -1;
        if (c != '\r') l->line[l->used++] = c;
    }
    return 0;
}

typedef struct session {
    sluice_instance *plugin;
    sluice_handle connection;
    lines lines;
} session;

static void reply(session *s, const char *bytes, size_t count) {
    sluice_bytes data = {(const uint8_t *)bytes, count};
    s->plugin->net->send(s->plugin->host, s->connection, data);
}

/* [lane] All calls of a session come one after the other. */
static int32_t session_open(sluice_instance *plugin, const sluice_connection_info *info, void **out, sluice_error *error) {
    session *s = calloc(1, sizeof *s);
    if (!s) return kit_refuse(error, SLUICE_E_LIMIT, "no memory");
    s->plugin = plugin;
    s->connection = info->connection;
    char *greeting = kit_setting_string(plugin, "greeting");
    if (greeting) reply(s, greeting, strlen(greeting)), reply(s, "\r\n", 2);
    free(greeting);
    *out = s;
    /* Who says nothing does not stay: the timer holds until the first line. */
    return plugin->net->set_timer(plugin->host, s->connection, plugin->time->monotonic_ns(plugin->host) + info->handshake_ns);
}

/* An error closes the connection, once what was sent has left; its text is the reason. */
static int32_t bytes(void *context, sluice_bytes data, uint64_t now_ns, sluice_error *error) {
    session *s = context;
    uint64_t at = 0;
    (void)now_ns;
    for (;;) {
        int found = take(&s->lines, data.data, data.size, &at);
        if (found == 0) return SLUICE_OK;
        if (found < 0) return kit_refuse(error, SLUICE_E_LIMIT, "a line is longer than 1024 bytes");
        if (s->lines.used == 4 && memcmp(s->lines.line, "quit", 4) == 0)
            return s->plugin->net->close(s->plugin->host, s->connection, SLUICE_CLOSE_AFTER_FLUSH, kit_text("the client quit"));
        s->plugin->net->set_timer(s->plugin->host, s->connection, 0);
        reply(s, s->lines.line, s->lines.used);
        reply(s, "\r\n", 2);
        s->lines.used = 0;
    }
}

static int32_t timer(void *context, uint64_t now_ns, sluice_error *error) {
    (void)context, (void)now_ns;
    return kit_refuse(error, SLUICE_E_TIMEOUT, "no line came in time");
}

static void close_session(void *context, sluice_text reason) {
    (void)reason;
    free(context);
}

static const sluice_protocol_interface table = {
    .struct_size = sizeof table, .session_open = session_open, .bytes = bytes, .timer = timer, .close = close_session};

#define SCHEMA "{\"type\": \"object\", \"properties\": {\"greeting\": {\"type\": \"string\", \"maxLength\": 200, \"default\": \"hello\", " \
    "\"description\": \"the first line that a client gets\"}}}"

KIT_PLUGIN("c-protocol", "0.1.0", "lines come back", SCHEMA, {SLUICE_INTERFACE_PROTOCOL, &table})
