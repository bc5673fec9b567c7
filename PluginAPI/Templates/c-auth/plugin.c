/* Publishers say ?user=NAME&key=KEY; the keys are in [config.users] of the manifest. Anybody may watch. */
#include "sluice_kit.h"

typedef struct question {
    sluice_instance *plugin;
    sluice_handle handle;
    char *user, *key, *wanted; /* what was said, and the user's key; NULL: no such user */
} question;

/* Why not; NULL: welcome. */
static const char *judge(const char *user, const char *key, const char *wanted) {
    if (!user || !*user || !key || !*key) return "NO_CREDENTIALS";
    return wanted && kit_equal(key, wanted) ? NULL : "BAD_KEY";
}

static void forget(question *q) { free(q->user), free(q->key), free(q->wanted), free(q); }

/* [worker] May block: the place for a database or a slow hash. The answer comes from this thread. */
static void answer(void *context) {
    question *q = context;
    const char *why = judge(q->user, q->key, q->wanted);
    sluice_verdict verdict = kit_verdict(why ? SLUICE_VERDICT_DENY : SLUICE_VERDICT_ALLOW, why, "add ?user=NAME&key=KEY");
    verdict.principal = kit_text(q->user);
    q->plugin->auth->answer(q->plugin->host, q->handle, &verdict);
    forget(q);
}

/* [control] A question of an app that names this plugin: somebody connects, publishes or plays. */
static int32_t decide(sluice_instance *plugin, sluice_handle handle, const sluice_auth_request *request) {
    if (request->action == SLUICE_ACTION_CONNECT || request->action == SLUICE_ACTION_PLAY) {
        int connects = request->action == SLUICE_ACTION_CONNECT; /* and has not said yet what for */
        sluice_verdict verdict = kit_verdict(connects ? SLUICE_VERDICT_LATER : SLUICE_VERDICT_ALLOW, NULL, NULL);
        return plugin->auth->answer(plugin->host, handle, &verdict);
    }
    sluice_text user = kit_pair(request->query, request->query_count, "user");
    sluice_text key = kit_pair(request->query, request->query_count, "key");
    question *q = malloc(sizeof *q);
    if (!q) return SLUICE_E_LIMIT;
    char *users = kit_setting(plugin, "users");
    *q = (question){plugin, handle, kit_copy(user), kit_copy(key), kit_json_string(kit_json_get(kit_text(users), user))};
    free(users);
    int32_t status = plugin->task->run(plugin->host, answer, NULL, q);
    if (status != SLUICE_OK) forget(q);
    return status;
}

static const sluice_auth_interface table = {.struct_size = sizeof table, .decide = decide};

#define SCHEMA "{\"type\": \"object\", \"required\": [\"users\"], \"properties\": {\"users\": {\"type\": \"object\", " \
    "\"additionalProperties\": true, \"writeOnly\": true, \"description\": \"the key of each user\"}}}"

KIT_PLUGIN("c-auth", "0.1.0", "publishers with a user's key", SCHEMA, {SLUICE_INTERFACE_AUTH, &table})
