/*
 * The frozen heart of the Sluice plugin ABI: basic types, status codes, the host, the module descriptor, the entry symbol.
 *
 * The host owns whatever must outlive a plugin: sockets, TLS, timers, threads, buffers, streams, viewers.
 * A plugin owns only its logic: bytes and frames in, bytes and frames out.
 *
 * The law
 *  1. A library exports exactly one function, sluice_module_v1. It is quick, idempotent, starts no thread and does no I/O.
 *  2. All else is found by string id "sluice.noun/REVISION": the plugin offers interfaces (get_interface), the host offers
 *     services (get_service). Unknown or not granted: NULL. Revision 1 and later are frozen (PluginAPI/ABI/RULES.md). Revision 0 is
 *     a draft: its header is below draft/ and may change with any release.
 *  3. Every struct begins with uint32_t struct_size, set by whoever makes it. A struct may be larger than its reader knows;
 *     a missing tail reads as zero, and zero is always the neutral value. Fields are only ever appended.
 *  4. Fixed-width integers, IEEE 754 doubles, pointers and plain structs. No exception, longjmp or foreign type crosses the border.
 *  5. Arguments are borrowed until the call returns; results are owned by who receives them. Retain to keep.
 *  6. Thread tags of each function:
 *       [control]  one logical thread per plugin generation; may take milliseconds, never waits for a peer
 *       [lane]     serial per session, per stream or per request; never blocks, never waits
 *       [worker]   a thread of the host's pool; may block
 *       [any]      any thread at any time
 *  7. Host objects off the hot path are handles (slot and generation). A late use answers SLUICE_E_STALE and nothing else happens.
 *  8. The host never calls into a plugin from inside a call that the plugin makes: completions are posted.
 *  9. No refusal without a reason: a function that can fail takes a sluice_error, or its comment says what each status means.
 */
#ifndef SLUICE_CORE_H
#define SLUICE_CORE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_ABI_MAJOR 1u
#define SLUICE_ABI_MINOR 0u

/* The name of the one exported function. */
#define SLUICE_ENTRY "sluice_module_v1"

/* Status codes. 0 is success, negative is failure; unknown negative codes are to be treated as SLUICE_E_FAILED. */
#define SLUICE_OK 0
#define SLUICE_AGAIN 1            /* nothing wrong, not now: try when told so */
#define SLUICE_E_FAILED (-1)      /* see the error's text */
#define SLUICE_E_INVALID (-2)     /* an argument is not what the function's comment allows */
#define SLUICE_E_STALE (-3)       /* the handle's object is gone */
#define SLUICE_E_LIMIT (-4)       /* a bound would be exceeded; nothing was taken */
#define SLUICE_E_DENIED (-5)      /* not granted by the manifest, or no verdict allows it */
#define SLUICE_E_UNSUPPORTED (-6) /* not in this host, or not for this object */
#define SLUICE_E_NOT_FOUND (-7)
#define SLUICE_E_DUPLICATE (-8)   /* the name is taken */
#define SLUICE_E_STATE (-9)       /* called in the wrong state or on the wrong thread */
#define SLUICE_E_BACKEND (-10)    /* something the plugin depends on is away */
#define SLUICE_E_TIMEOUT (-11)
#define SLUICE_E_CANCELLED (-12)

/* UTF-8 text, not NUL-terminated. data may be NULL when size is 0. */
typedef struct sluice_text {
    const char *data;
    uint64_t size;
} sluice_text;

/* Bytes. data may be NULL when size is 0. */
typedef struct sluice_bytes {
    const uint8_t *data;
    uint64_t size;
} sluice_bytes;

/* A host object: slot and generation in one word. 0 is no object. */
typedef uint64_t sluice_handle;

/* A key and its value, both borrowed. */
typedef struct sluice_pair {
    sluice_text key;
    sluice_text value;
} sluice_pair;

#define SLUICE_ERROR_TEXT_SIZE 480

/*
 * Where a callee says why. Allocated and zeroed by the caller, who sets struct_size. May be NULL: then the reason is lost.
 * code is one of SLUICE_E_*; text is UTF-8 and NUL-terminated, one line, fit for a log and free of secrets.
 */
typedef struct sluice_error {
    uint32_t struct_size;
    int32_t code;
    char text[SLUICE_ERROR_TEXT_SIZE];
} sluice_error;

/* What the host says of itself to the entry function. Borrowed until the call returns. */
typedef struct sluice_hello {
    uint32_t struct_size;
    uint32_t abi_major;
    uint32_t abi_minor;
    uint32_t reserved;
    sluice_text host_name;    /* "sluice" */
    sluice_text host_version; /* "0.1.0" */
} sluice_hello;

/*
 * The host as one generation of one plugin sees it. Valid from create until destroy has returned.
 * It is the first argument of every service function: it tells the host who asks.
 */
typedef struct sluice_host {
    uint32_t struct_size;
    uint32_t abi_minor;
    void *context; /* the host's own; never touched by the plugin */
    /*
     * [any] The table of the service with this id ("sluice.log/1"), valid as long as the host struct. NULL: unknown to this host,
     * absent from this build, or not granted by the plugin's manifest.
     */
    const void *(*get_service)(const struct sluice_host *host, const char *id);
} sluice_host;

/* The plugin's own object, one per generation. Opaque to the host. */
typedef struct sluice_instance sluice_instance;

/* What a library is. Static: valid for as long as the image is mapped. */
typedef struct sluice_module {
    uint32_t struct_size;
    uint32_t abi_major; /* SLUICE_ABI_MAJOR; another number is refused */
    uint32_t abi_minor; /* the oldest minor that the plugin works with; older hosts refuse it */
    uint32_t reserved;  /* 0 */
    sluice_text id;          /* equals the manifest's id: [a-z0-9-], at most 32 bytes */
    sluice_text version;     /* "1.2.3" */
    sluice_text description; /* one line */
    const char *const *interfaces; /* ids of what get_interface can answer; equals the manifest's list as a set */
    uint32_t interface_count;
    uint32_t flags; /* none yet, 0 */
    sluice_text config_schema;     /* JSON schema (type, properties, required, enum, minimum, maximum, items, default, description)
                                      of the manifest's [config]; empty: the plugin takes none. writeOnly: true: a secret, shown nowhere.
                                      format: "plugin-file" (a file below the plugin's data folder) or "egress" (an address whose origin
                                      has to be granted); x-connect-port: the port of an address that names none, which
                                      [permissions] connect has to grant. sluice check looks at these */
    sluice_text app_config_schema; /* the same for [app.NAME.ID] in the server's configuration */

    /*
     * [control] Makes the instance. The host struct stays valid until destroy returns. Failure: the plugin is FAILED with the reason.
     */
    int32_t (*create)(const sluice_host *host, sluice_instance **instance, sluice_error *error);
    /*
     * [any] The table of an interface named in `interfaces`, valid until destroy; NULL for any other id.
     */
    const void *(*get_interface)(sluice_instance *instance, const char *id);
    /*
     * [control] The whole configuration as JSON (schema-checked, defaults filled in), before activate and again whenever it changes
     * while active. A refusal leaves the old configuration in force. May be NULL when config_schema is empty.
     */
    int32_t (*configure)(sluice_instance *instance, sluice_text config_json, sluice_error *error);
    /*
     * [control] From now on interfaces are called. Failure: FAILED with the reason. May be NULL.
     */
    int32_t (*activate)(sluice_instance *instance, sluice_error *error);
    /*
     * [control] The counterpart of activate: no session, sink or request is open any more. The plugin ends what it began by itself.
     * When it has returned, no code of this plugin runs and no callback of it is held. May be NULL.
     */
    void (*deactivate)(sluice_instance *instance);
    /* [control] Frees the instance. The last call. */
    void (*destroy)(sluice_instance *instance);
    sluice_text step_schema;   /* the same for the further keys of an [[app.NAME.step]] that uses the plugin (draft/transform.h) */
    sluice_text source_schema; /* the same for `settings` of an [[app.NAME.source]] that uses it (draft/source.h) */
} sluice_module;

/*
 * [any] The entry. Returns a static descriptor, or NULL with the reason in error (for instance: this host is too old).
 * Called more than once, also in a child process that only looks. Quick; no thread, no I/O, no global state.
 */
#if defined(_WIN32)
#define SLUICE_EXPORT
#else
#define SLUICE_EXPORT __attribute__((visibility("default")))
#endif
SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error);
/* The entry's type, for a host that looks the symbol up. */
typedef const sluice_module *(*sluice_module_entry)(const sluice_hello *hello, sluice_error *error);

#ifdef __cplusplus
}
#endif
#endif
