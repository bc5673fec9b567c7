/*
 * What a plugin in C wants besides the ABI: texts, reasons, pairs, the JSON of its configuration, and its descriptor in one macro.
 *
 * Header only, C11, nothing but the standard library. It is its author's own copy: read it, change it, leave it out. The host knows
 * the ABI (sluice/sluice.h) and nothing of this file.
 */
#ifndef SLUICE_KIT_H
#define SLUICE_KIT_H
#include <pthread.h>
#include <sluice/draft/source.h>
#include <sluice/draft/transform.h>
#include <sluice/sluice.h>
#include <stdlib.h>
#include <string.h>

/* A text from a literal, also where a constant is wanted. */
#define KIT_TEXT(literal) {(literal), sizeof(literal) - 1}

/* A text from a NUL-terminated string, borrowed; NULL gives the empty text. */
static inline sluice_text kit_text(const char *string) {
    sluice_text text = {string, string ? strlen(string) : 0};
    return text;
}

/* Whether a text is this string. */
static inline int kit_is(sluice_text text, const char *string) {
    return text.size == strlen(string) && (text.size == 0 || memcmp(text.data, string, text.size) == 0);
}

/* A NUL-terminated copy, to be freed; NULL: no memory. */
static inline char *kit_copy(sluice_text text) {
    char *copy = malloc((size_t)text.size + 1);
    if (!copy) return NULL;
    if (text.size) memcpy(copy, text.data, (size_t)text.size);
    copy[text.size] = 0;
    return copy;
}

/* The value of the first pair with this key; empty when there is none. */
static inline sluice_text kit_pair(const sluice_pair *pairs, uint32_t count, const char *key) {
    for (uint32_t i = 0; i < count; i++)
        if (kit_is(pairs[i].key, key)) return pairs[i].value;
    return kit_text(NULL);
}

/* Equality of two strings, in a time that tells nothing of the first difference. */
static inline int kit_equal(const char *a, const char *b) {
    size_t size = strlen(a);
    if (size != strlen(b)) return 0;
    unsigned difference = 0;
    for (size_t i = 0; i < size; i++) difference |= (unsigned char)a[i] ^ (unsigned char)b[i];
    return difference == 0;
}

/* Says why, in the host's error struct, and gives the code back: `return kit_refuse(error, SLUICE_E_INVALID, "no secret");` */
static inline int32_t kit_refuse(sluice_error *error, int32_t code, const char *reason) {
    if (!error) return code;
    error->code = code;
    strncpy(error->text, reason, sizeof error->text - 1);
    return code;
}

/* A verdict with code and client-safe text; both may be NULL. All else is neutral. */
static inline sluice_verdict kit_verdict(uint32_t decision, const char *reason, const char *message) {
    sluice_verdict verdict;
    memset(&verdict, 0, sizeof verdict);
    verdict.struct_size = sizeof verdict;
    verdict.decision = decision;
    verdict.reason = kit_text(reason);
    verdict.message = kit_text(message);
    return verdict;
}

/* A text answer to an HTTP request; the body is copied by the host. */
static inline int32_t kit_respond(const sluice_host *host, const sluice_exchange_service *service, sluice_handle exchange,
                                  uint32_t status, const char *type, const char *body) {
    sluice_pair header = {KIT_TEXT("content-type"), kit_text(type)};
    sluice_response response;
    memset(&response, 0, sizeof response);
    response.struct_size = sizeof response;
    response.status = status;
    response.headers = &header;
    response.header_count = 1;
    response.body.data = (const uint8_t *)body;
    response.body.size = strlen(body);
    return service->respond(host, exchange, &response);
}

/* The element of an array whose structs lie `stride` bytes apart, however large this host's are. */
#define KIT_AT(type, first, stride, index) ((const type *)(const void *)((const char *)(first) + (size_t)(index) * (stride)))

/* Writes one log line without fields. */
static inline void kit_log(const sluice_host *host, int32_t level, const char *message) {
    const sluice_log_service *log = host->get_service(host, SLUICE_SERVICE_LOG);
    if (log) log->write(host, level, kit_text(message), NULL, 0);
}

/*
 * JSON, read in place: a value is the text that it is written as, the absent value is the empty text. For texts that the host made
 * (configuration); a broken one reads as absent, never beyond its end.
 */

/* Where what follows the blanks at `at` begins. */
static inline uint64_t kit_json_blank(sluice_text json, uint64_t at) {
    while (at < json.size && (json.data[at] == ' ' || json.data[at] == '\n' || json.data[at] == '\r' || json.data[at] == '\t')) at++;
    return at;
}

/* Where the value at `at` ends; json.size when it is cut short. */
static inline uint64_t kit_json_end(sluice_text json, uint64_t at) {
    int depth = 0;
    for (; at < json.size; at++) {
        char c = json.data[at];
        if (c == '"') {
            for (at++; at < json.size && json.data[at] != '"'; at++)
                if (json.data[at] == '\\') at++;
            if (at >= json.size) return json.size;
            if (depth == 0) return at + 1;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth == 0) return at;
            if (--depth == 0) return at + 1;
        } else if (depth == 0 && (c == ',' || c == ':' || c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
            return at;
        }
    }
    return json.size;
}

/*
 * Walks an array or an object: `uint64_t cursor = 0; while (kit_json_next(list, &cursor, &key, &value)) …`. In an array `key` is empty.
 * Returns 0 at the end, and for what is neither.
 */
static inline int kit_json_next(sluice_text json, uint64_t *cursor, sluice_text *key, sluice_text *value) {
    uint64_t at = kit_json_blank(json, *cursor);
    if (at >= json.size) return 0;
    char bracket = json.data[kit_json_blank(json, 0)];
    if (bracket != '{' && bracket != '[') return 0;
    if (json.data[at] == bracket && *cursor == 0) at++;
    else if (json.data[at] == ',') at++;
    at = kit_json_blank(json, at);
    if (at >= json.size || json.data[at] == '}' || json.data[at] == ']') return 0;
    *key = kit_text(NULL);
    if (bracket == '{') {
        uint64_t end = kit_json_end(json, at);
        key->data = json.data + at;
        key->size = end - at;
        at = kit_json_blank(json, end);
        if (at >= json.size || json.data[at] != ':') return 0;
        at = kit_json_blank(json, at + 1);
    }
    uint64_t end = kit_json_end(json, at);
    if (end == at) return 0;
    value->data = json.data + at;
    value->size = end - at;
    *cursor = end;
    return 1;
}

/* Four hexadecimal digits as a number. */
static inline uint32_t kit_json_hex(const char *digits) {
    uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
        char c = digits[i];
        uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10) : 0;
        code = code << 4 | digit;
    }
    return code;
}

/* The text of a JSON string, NUL-terminated, to be freed; NULL for any other value. */
static inline char *kit_json_string(sluice_text value) {
    if (value.size < 2 || value.data[0] != '"' || value.data[value.size - 1] != '"') return NULL;
    char *string = malloc((size_t)value.size), *out = string;
    if (!string) return NULL;
    for (uint64_t at = 1; at + 1 < value.size; at++) {
        char c = value.data[at];
        if (c != '\\' || at + 2 >= value.size) {
            *out++ = c;
            continue;
        }
        c = value.data[++at];
        if (c != 'u' || at + 5 >= value.size) {
            *out++ = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c;
            continue;
        }
        uint32_t code = kit_json_hex(value.data + at + 1);
        at += 4;
        if (code >> 10 == 0x36 && at + 7 < value.size && value.data[at + 1] == '\\' && value.data[at + 2] == 'u') {
            code = 0x10000 + ((code & 0x3FF) << 10 | (kit_json_hex(value.data + at + 3) & 0x3FF));
            at += 6;
        }
        if (code < 0x80) {
            *out++ = (char)code;
        } else if (code < 0x800) {
            *out++ = (char)(0xC0 | code >> 6);
            *out++ = (char)(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            *out++ = (char)(0xE0 | code >> 12);
            *out++ = (char)(0x80 | (code >> 6 & 0x3F));
            *out++ = (char)(0x80 | (code & 0x3F));
        } else {
            *out++ = (char)(0xF0 | code >> 18);
            *out++ = (char)(0x80 | (code >> 12 & 0x3F));
            *out++ = (char)(0x80 | (code >> 6 & 0x3F));
            *out++ = (char)(0x80 | (code & 0x3F));
        }
    }
    *out = 0;
    return string;
}

/* The member of an object; absent when it has none of that name, or is no object. */
static inline sluice_text kit_json_get(sluice_text object, sluice_text name) {
    sluice_text key, value;
    uint64_t cursor = 0, at = kit_json_blank(object, 0);
    if (at >= object.size || object.data[at] != '{') return kit_text(NULL);
    while (kit_json_next(object, &cursor, &key, &value)) {
        char *decoded = kit_json_string(key);
        int found = decoded && strlen(decoded) == name.size && memcmp(decoded, name.data ? name.data : "", (size_t)name.size) == 0;
        free(decoded);
        if (found) return value;
    }
    return kit_text(NULL);
}

/* A JSON integer; `otherwise` for any other value. */
static inline int64_t kit_json_integer(sluice_text value, int64_t otherwise) {
    char digits[24], *end;
    if (value.size == 0 || value.size >= sizeof digits) return otherwise;
    memcpy(digits, value.data, (size_t)value.size);
    digits[value.size] = 0;
    long long number = strtoll(digits, &end, 10);
    return *end ? otherwise : (int64_t)number;
}

/*
 * The plugin itself. The kit's instance has the host's services and the configuration; KIT_PLUGIN makes the descriptor and the one
 * exported function. Who wants an instance of another shape leaves both out and fills a sluice_module by hand.
 */
struct sluice_instance {
    const sluice_host *host;
    /* The host's services; NULL: not granted by the manifest. Those that the offered interfaces cannot do without are there. */
    const sluice_log_service *log;
    const sluice_config_service *config;
    const sluice_time_service *time;
    const sluice_buffer_service *buffer;
    const sluice_task_service *task;
    const sluice_event_service *event;
    const sluice_metrics_service *metrics;
    const sluice_auth_service *auth;
    const sluice_exchange_service *exchange;
    const sluice_net_service *net;
    const sluice_stream_service *stream;
    const sluice_broadcast_service *broadcast;
    /* Of drafts, and only there when the plugin offers the interface of the same name. */
    const sluice_transform_service *transform;
    const sluice_source_service *source;
    /* The configuration as JSON text; it changes while the plugin runs: read it by kit_setting. */
    char *configuration;
    pthread_mutex_t configuration_lock;
};

/* An interface that the plugin offers: {SLUICE_INTERFACE_AUTH, &table}. */
typedef struct kit_interface {
    const char *id;
    const void *table;
} kit_interface;

/* The descriptor's destroy. */
static inline void kit_destroy(sluice_instance *plugin) {
    pthread_mutex_destroy(&plugin->configuration_lock);
    free(plugin->configuration);
    free(plugin);
}

/* The descriptor's create, of what KIT_PLUGIN names: asks for the services, refuses when one is missing that an interface needs. */
static inline int32_t kit_create(const kit_interface *offered, uint32_t count, const sluice_host *host, sluice_instance **out,
                                 sluice_error *error) {
    sluice_instance *plugin = calloc(1, sizeof *plugin);
    if (!plugin) return kit_refuse(error, SLUICE_E_LIMIT, "no memory");
    pthread_mutex_init(&plugin->configuration_lock, NULL);
    plugin->host = host;
    plugin->log = host->get_service(host, SLUICE_SERVICE_LOG);
    plugin->config = host->get_service(host, SLUICE_SERVICE_CONFIG);
    plugin->time = host->get_service(host, SLUICE_SERVICE_TIME);
    plugin->buffer = host->get_service(host, SLUICE_SERVICE_BUFFER);
    plugin->task = host->get_service(host, SLUICE_SERVICE_TASK);
    plugin->event = host->get_service(host, SLUICE_SERVICE_EVENT);
    plugin->metrics = host->get_service(host, SLUICE_SERVICE_METRICS);
    plugin->auth = host->get_service(host, SLUICE_SERVICE_AUTH);
    plugin->exchange = host->get_service(host, SLUICE_SERVICE_EXCHANGE);
    plugin->net = host->get_service(host, SLUICE_SERVICE_NET);
    plugin->stream = host->get_service(host, SLUICE_SERVICE_STREAM);
    plugin->broadcast = host->get_service(host, SLUICE_SERVICE_BROADCAST);
    const char *missing = plugin->log && plugin->task && plugin->time ? NULL : "this host lacks the services log, task or time";
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(offered[i].id, SLUICE_INTERFACE_TRANSFORM) == 0)
            plugin->transform = host->get_service(host, SLUICE_SERVICE_TRANSFORM);
        if (strcmp(offered[i].id, SLUICE_INTERFACE_SOURCE) == 0) plugin->source = host->get_service(host, SLUICE_SERVICE_SOURCE);
        if (strcmp(offered[i].id, SLUICE_INTERFACE_AUTH) == 0 && !plugin->auth) missing = "the manifest has to grant the service auth";
        if (strcmp(offered[i].id, SLUICE_INTERFACE_ROUTES) == 0 && !plugin->exchange)
            missing = "the manifest has to grant the service exchange";
        if (strcmp(offered[i].id, SLUICE_INTERFACE_SOURCE) == 0 && !(plugin->stream && plugin->source))
            missing = "the manifest has to grant the service stream, and the host has to know sources";
        if (strcmp(offered[i].id, SLUICE_INTERFACE_TRANSFORM) == 0 && !(plugin->transform && plugin->buffer))
            missing = "this host lacks the services transform or buffer";
        if (strcmp(offered[i].id, SLUICE_INTERFACE_PROTOCOL) == 0 && !plugin->net) missing = "the manifest has to grant the service net";
    }
    if (missing) {
        kit_destroy(plugin);
        return kit_refuse(error, SLUICE_E_DENIED, missing);
    }
    *out = plugin;
    return SLUICE_OK;
}

/* The descriptor's configure: keeps the JSON for kit_setting. */
static inline int32_t kit_configure(sluice_instance *plugin, sluice_text json, sluice_error *error) {
    char *fresh = kit_copy(json), *old;
    if (!fresh) return kit_refuse(error, SLUICE_E_LIMIT, "no memory");
    pthread_mutex_lock(&plugin->configuration_lock);
    old = plugin->configuration;
    plugin->configuration = fresh;
    pthread_mutex_unlock(&plugin->configuration_lock);
    free(old);
    return SLUICE_OK;
}

/* [any] A value of [config] as JSON text, to be freed; NULL when it is absent. */
static inline char *kit_setting(sluice_instance *plugin, const char *name) {
    pthread_mutex_lock(&plugin->configuration_lock);
    sluice_text value = kit_json_get(kit_text(plugin->configuration), kit_text(name));
    char *copy = value.size ? kit_copy(value) : NULL;
    pthread_mutex_unlock(&plugin->configuration_lock);
    return copy;
}

/* [any] A text of [config], to be freed; NULL when it is absent or no text. */
static inline char *kit_setting_string(sluice_instance *plugin, const char *name) {
    char *json = kit_setting(plugin, name), *string = kit_json_string(kit_text(json));
    free(json);
    return string;
}

/* [any] An integer of [config]; `otherwise` when it is absent or none. */
static inline int64_t kit_setting_integer(sluice_instance *plugin, const char *name, int64_t otherwise) {
    char *json = kit_setting(plugin, name);
    int64_t number = kit_json_integer(kit_text(json), otherwise);
    free(json);
    return number;
}

/* Schemas of the settings of steps and sources: say them before the include, as texts. */
#ifndef KIT_STEP_SCHEMA
#define KIT_STEP_SCHEMA ""
#endif
#ifndef KIT_SOURCE_SCHEMA
#define KIT_SOURCE_SCHEMA ""
#endif

/* The oldest minor of the ABI that the plugin works with: older hosts refuse it. Say it before the include. */
#ifndef KIT_ABI_MINOR
#define KIT_ABI_MINOR 0
#endif

/* KIT_PLUGIN("acme", "0.1.0", "one line", "schema of [config]", {SLUICE_INTERFACE_AUTH, &table}, …) */
#define KIT_PLUGIN(ID, VERSION, DESCRIPTION, SCHEMA, ...)                                                                \
    static const kit_interface kit_offered[] = {__VA_ARGS__};                                                            \
    enum { kit_count = sizeof kit_offered / sizeof *kit_offered };                                                       \
    static int32_t kit_create_this(const sluice_host *host, sluice_instance **out, sluice_error *error) {                \
        return kit_create(kit_offered, kit_count, host, out, error);                                                     \
    }                                                                                                                    \
    static const void *kit_get_interface(sluice_instance *plugin, const char *id) {                                      \
        for (int i = 0; plugin && i < kit_count; i++)                                                                    \
            if (strcmp(kit_offered[i].id, id) == 0) return kit_offered[i].table;                                         \
        return NULL;                                                                                                     \
    }                                                                                                                    \
    SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {                \
        static const char *ids[kit_count];                                                                               \
        static const sluice_module module = {                                                                            \
            .struct_size = sizeof(sluice_module), .abi_major = SLUICE_ABI_MAJOR, .abi_minor = KIT_ABI_MINOR,             \
            .id = KIT_TEXT(ID), .version = KIT_TEXT(VERSION), .description = KIT_TEXT(DESCRIPTION),                      \
            .config_schema = KIT_TEXT(SCHEMA), .interfaces = ids, .interface_count = kit_count,                          \
            .create = kit_create_this, .get_interface = kit_get_interface, .configure = kit_configure,                   \
            .destroy = kit_destroy, .step_schema = KIT_TEXT(KIT_STEP_SCHEMA),                                            \
            .source_schema = KIT_TEXT(KIT_SOURCE_SCHEMA)};                                                                                     \
        for (int i = 0; i < kit_count; i++) ids[i] = kit_offered[i].id;                                                  \
        if (hello->abi_major == SLUICE_ABI_MAJOR) return &module;                                                        \
        kit_refuse(error, SLUICE_E_UNSUPPORTED, "this plugin needs a host of another ABI");                              \
        return NULL;                                                                                                     \
    }

#endif
