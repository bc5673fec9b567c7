/*
 * The little of libmongoc that the catalogue needs: a pool of clients, and commands as BSON in, replies as BSON out.
 *
 * The library is opened when the first pool is made and never before, so that who has another catalogue neither needs it installed nor
 * has it in memory. Once opened it stays. All functions may block and may be called from any thread; none keeps what it is given.
 */
#ifndef KALTURA_MONGO_H
#define KALTURA_MONGO_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct kaltura_mongo kaltura_mongo;

/* All in milliseconds; what the address itself says holds over them. */
typedef struct kaltura_mongo_limits {
    int32_t server_selection_ms;
    int32_t connect_ms;
    int32_t socket_ms;
    int32_t wait_queue_ms; /* for a free connection of the pool */
    int32_t pool_size;
} kaltura_mongo_limits;

/* What went wrong: libmongoc's domain and code, and its words. */
typedef struct kaltura_mongo_error {
    uint32_t domain;
    uint32_t code;
    char text[504];
} kaltura_mongo_error;

/* Domains that are not libmongoc's. */
#define KALTURA_MONGO_NO_LIBRARY 0xFFFF0001u
#define KALTURA_MONGO_NO_ADDRESS 0xFFFF0002u
#define KALTURA_MONGO_BUSY 0xFFFF0003u
#define KALTURA_MONGO_NOT_PERMITTED 0xFFFF0004u

/* How a command goes out. */
#define KALTURA_MONGO_READ 0u          /* to the primary, else to a secondary (primaryPreferred); repeated once over a new connection */
#define KALTURA_MONGO_READ_PRIMARY 1u
#define KALTURA_MONGO_WRITE 2u         /* write concern majority */

/* Makes a pool for an address; connects when it is used first. NULL: see `error`. */
kaltura_mongo *_Nullable kaltura_mongo_open(const char *uri, const kaltura_mongo_limits *limits, kaltura_mongo_error *error);
/* Nobody may be in a call. */
void kaltura_mongo_close(kaltura_mongo *mongo);
/* The database that the address names; NULL: none. */
const char *_Nullable kaltura_mongo_database(kaltura_mongo *mongo);

/*
 * Runs one command (a whole BSON document). 1: the server's reply, to be freed, is at `reply` also when it is an error of the server's;
 * 0: there is no reply. `error` says what went wrong, its code is 0 when nothing did.
 */
int kaltura_mongo_run(
    kaltura_mongo *mongo, const char *database, uint32_t kind, const uint8_t *command, size_t size,
    uint8_t *_Nullable *_Nonnull reply, size_t *reply_size, kaltura_mongo_error *error);
void kaltura_mongo_free(uint8_t *reply);

#pragma clang assume_nonnull end
#endif
