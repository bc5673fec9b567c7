/* Answers GET /APP/STREAM/hello with the greeting of [config], in the apps whose outputs name this plugin. */
#include "sluice_kit.h"
#include <stdio.h>

/* No more than `size` bytes, whatever the names are. */
static void write_greeting(char *out, size_t size, const char *greeting, const char *app, const char *stream) {
    snprintf(out, size, "%s, %s/%s\n", greeting ? greeting : "hello", app ? app : "?", stream ? stream : "?");
}

/* [lane of the request] Nothing here blocks. An answer may also come later, from any thread: keep request->exchange for that. */
static int32_t handle(sluice_instance *plugin, const sluice_request *request, void *sink, sluice_error *error) {
    (void)sink, (void)error;
    char body[1024], *greeting = kit_setting_string(plugin, "greeting");
    char *app = kit_copy(kit_pair(request->parameters, request->parameter_count, "app"));
    char *stream = kit_copy(kit_pair(request->parameters, request->parameter_count, "stream"));
    write_greeting(body, sizeof body, greeting, app, stream);
    int32_t status = kit_respond(plugin->host, plugin->exchange, request->exchange, 200, "text/plain; charset=utf-8", body);
    free(greeting), free(app), free(stream);
    return status == SLUICE_E_STALE ? SLUICE_OK : status; /* stale: the client is gone, which is no failure of ours */
}

static const sluice_route routes[] = {{
    .struct_size = sizeof(sluice_route), .listener = SLUICE_ROUTE_MEDIA, .methods = KIT_TEXT("GET"),
    .pattern = KIT_TEXT("/{app}/{stream}/hello"), .flags = SLUICE_ROUTE_OUTPUT,
}};

static const sluice_routes_interface table = {
    .struct_size = sizeof table, .routes = routes, .route_count = 1, .route_stride = sizeof *routes, .handle = handle};

#define SCHEMA "{\"type\": \"object\", \"properties\": {\"greeting\": {\"type\": \"string\", \"minLength\": 1, \"maxLength\": 200, " \
    "\"default\": \"hello\", \"description\": \"the first word of the answer\"}}}"

KIT_PLUGIN("c-routes", "0.1.0", "greets over HTTP", SCHEMA, {SLUICE_INTERFACE_ROUTES, &table})
