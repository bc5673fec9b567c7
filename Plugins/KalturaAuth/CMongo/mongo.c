#include "kaltura_mongo.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <libmongoc-1.0/mongoc/mongoc.h> // for its declarations only: the library is opened when it is needed
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Declared by the library's own headers, found in it by name.
#define FUNCTIONS(F) \
    F(bson_destroy) F(bson_get_data) F(bson_init_static) F(bson_new) \
    F(mongoc_init) F(mongoc_log_set_handler) F(mongoc_uri_new_with_error) F(mongoc_uri_destroy) F(mongoc_uri_get_database) F(mongoc_uri_get_hosts) \
    F(mongoc_uri_get_option_as_int32) F(mongoc_uri_set_option_as_int32) \
    F(mongoc_client_pool_new_with_error) F(mongoc_client_pool_destroy) F(mongoc_client_pool_pop) F(mongoc_client_pool_push) \
    F(mongoc_client_pool_set_error_api) F(mongoc_client_pool_set_appname) F(mongoc_client_read_command_with_opts) \
    F(mongoc_client_write_command_with_opts) F(mongoc_read_prefs_new) F(mongoc_read_prefs_destroy) \
    F(mongoc_write_concern_new) F(mongoc_write_concern_set_wmajority) F(mongoc_write_concern_append) F(mongoc_write_concern_destroy)

#define DECLARED(name) static __typeof__(name) *p_##name;
FUNCTIONS(DECLARED)

struct kaltura_mongo {
    mongoc_uri_t *uri;
    mongoc_client_pool_t *pool;
    mongoc_read_prefs_t *primary, *preferred;
};

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static int opened;

// What it would print can name an address; what matters comes back as an error.
static void silent(mongoc_log_level_t level, const char *domain, const char *message, void *context) {
    (void)level, (void)domain, (void)message, (void)context;
}

static int open_library(kaltura_mongo_error *error) {
    pthread_mutex_lock(&opening);
    if (!opened) {
        void *library = dlopen("libmongoc-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
        const char *missing = NULL;
#define FIND(name) \
    if (library && !missing && !(p_##name = (__typeof__(p_##name))dlsym(library, #name))) missing = #name;
        FUNCTIONS(FIND)
        if (!library) {
            snprintf(error->text, sizeof error->text, "libmongoc-1.0.so.0 (Debian: libmongoc-1.0-0) cannot be opened: %s", dlerror());
        } else if (missing) {
            snprintf(error->text, sizeof error->text, "libmongoc-1.0.so.0 has no %s", missing);
        } else {
            p_mongoc_log_set_handler(silent, NULL);
            p_mongoc_init();
            opened = 1;
        }
    }
    pthread_mutex_unlock(&opening);
    if (!opened) error->domain = KALTURA_MONGO_NO_LIBRARY;
    return opened;
}

static void take(kaltura_mongo_error *error, const bson_error_t *from) {
    error->domain = from->domain;
    error->code = from->code;
    snprintf(error->text, sizeof error->text, "%s", from->message);
}

static void standard(mongoc_uri_t *uri, const char *option, int32_t value) {
    if (p_mongoc_uri_get_option_as_int32(uri, option, 0) == 0) p_mongoc_uri_set_option_as_int32(uri, option, value);
}

// Whether a sandbox keeps this process from that port: asked on loopback, where nobody waits for an answer.
static int may_connect(uint16_t port, kaltura_mongo_error *error) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons(port)};
    int made = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int refused = made < 0 ? errno == EPERM || errno == EACCES : connect(made, (struct sockaddr *)&to, sizeof to) < 0 && errno == EACCES;
    if (made >= 0) close(made);
    if (!refused) return 1;
    error->domain = KALTURA_MONGO_NOT_PERMITTED;
    snprintf(error->text, sizeof error->text, "TCP port %u may not be connected to: [permissions] connect of the manifest does not name it", port);
    return 0;
}

static int may_connect_to(const mongoc_host_list_t *host, kaltura_mongo_error *error) {
    // Without hosts they stand in the name service (mongodb+srv), which is asked over TCP.
    if (!host) return may_connect(53, error);
    for (; host; host = host->next) {
        if (host->family != AF_UNIX && !may_connect(host->port, error)) return 0;
    }
    return 1;
}

kaltura_mongo *kaltura_mongo_open(const char *text, const kaltura_mongo_limits *limits, kaltura_mongo_error *error) {
    memset(error, 0, sizeof *error);
    if (!open_library(error)) return NULL;
    bson_error_t failure = {0};
    mongoc_uri_t *uri = p_mongoc_uri_new_with_error(text, &failure);
    if (!uri) {
        // Not the library's words: they can hold a piece of the address, and the address a password.
        error->domain = KALTURA_MONGO_NO_ADDRESS;
        snprintf(error->text, sizeof error->text, "the address cannot be read; it must be mongodb://[USER:PASSWORD@]HOST[:PORT]/DATABASE");
        return NULL;
    }
    if (!may_connect_to(p_mongoc_uri_get_hosts(uri), error)) {
        p_mongoc_uri_destroy(uri);
        return NULL;
    }
    standard(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, limits->server_selection_ms);
    standard(uri, MONGOC_URI_CONNECTTIMEOUTMS, limits->connect_ms);
    standard(uri, MONGOC_URI_SOCKETTIMEOUTMS, limits->socket_ms);
    standard(uri, MONGOC_URI_WAITQUEUETIMEOUTMS, limits->wait_queue_ms);
    standard(uri, MONGOC_URI_MAXPOOLSIZE, limits->pool_size);
    kaltura_mongo *mongo = calloc(1, sizeof *mongo);
    if (mongo) mongo->pool = p_mongoc_client_pool_new_with_error(uri, &failure);
    if (!mongo || !mongo->pool) {
        take(error, &failure);
        p_mongoc_uri_destroy(uri);
        free(mongo);
        return NULL;
    }
    p_mongoc_client_pool_set_error_api(mongo->pool, MONGOC_ERROR_API_VERSION_2);
    p_mongoc_client_pool_set_appname(mongo->pool, "sluice-kaltura");
    mongo->uri = uri;
    mongo->primary = p_mongoc_read_prefs_new(MONGOC_READ_PRIMARY);
    mongo->preferred = p_mongoc_read_prefs_new(MONGOC_READ_PRIMARY_PREFERRED);
    return mongo;
}

void kaltura_mongo_close(kaltura_mongo *mongo) {
    p_mongoc_client_pool_destroy(mongo->pool);
    p_mongoc_read_prefs_destroy(mongo->primary);
    p_mongoc_read_prefs_destroy(mongo->preferred);
    p_mongoc_uri_destroy(mongo->uri);
    free(mongo);
}

const char *kaltura_mongo_database(kaltura_mongo *mongo) { return p_mongoc_uri_get_database(mongo->uri); }

static bool run(
    const kaltura_mongo *mongo, mongoc_client_t *client, const char *database, uint32_t kind, const bson_t *command, bson_t *answer,
    bson_error_t *failure) {
    if (kind != KALTURA_MONGO_WRITE) {
        const mongoc_read_prefs_t *from = kind == KALTURA_MONGO_READ_PRIMARY ? mongo->primary : mongo->preferred;
        return p_mongoc_client_read_command_with_opts(client, database, command, from, NULL, answer, failure);
    }
    bson_t *options = p_bson_new();
    mongoc_write_concern_t *concern = p_mongoc_write_concern_new();
    p_mongoc_write_concern_set_wmajority(concern, 2000);
    p_mongoc_write_concern_append(concern, options);
    bool good = p_mongoc_client_write_command_with_opts(client, database, command, options, answer, failure);
    p_mongoc_write_concern_destroy(concern);
    p_bson_destroy(options);
    return good;
}

int kaltura_mongo_run(
    kaltura_mongo *mongo, const char *database, uint32_t kind, const uint8_t *command, size_t size, uint8_t **reply,
    size_t *reply_size, kaltura_mongo_error *error) {
    memset(error, 0, sizeof *error);
    *reply = NULL;
    *reply_size = 0;
    bson_t document, answer;
    if (!p_bson_init_static(&document, command, size)) {
        error->domain = KALTURA_MONGO_NO_ADDRESS;
        error->code = 1;
        snprintf(error->text, sizeof error->text, "the command is no document");
        return 0;
    }
    mongoc_client_t *client = p_mongoc_client_pool_pop(mongo->pool);
    if (!client) {
        error->domain = KALTURA_MONGO_BUSY;
        error->code = 1;
        snprintf(error->text, sizeof error->text, "no connection of the pool became free in time");
        return 0;
    }
    bson_error_t failure = {0};
    bool good = run(mongo, client, database, kind, &document, &answer, &failure);
    p_mongoc_client_pool_push(mongo->pool, client);
    if (!good) {
        take(error, &failure);
        if (error->code == 0) error->code = 1;
    }
    // The reply is made in any case; without one from a server it is empty, or holds libmongoc's labels only.
    if (answer.len > 5 && (*reply = malloc(answer.len))) {
        memcpy(*reply, p_bson_get_data(&answer), answer.len);
        *reply_size = answer.len;
    }
    p_bson_destroy(&answer);
    return *reply != NULL;
}

void kaltura_mongo_free(uint8_t *reply) { free(reply); }
