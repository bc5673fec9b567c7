/* Service sluice.config/1: what the operator configured, beyond the plugin's own [config] (which arrives by configure). */
#ifndef SLUICE_CONFIG_H
#define SLUICE_CONFIG_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_CONFIG "sluice.config/1"

/* Receives a borrowed text. */
typedef void (*sluice_text_receiver)(void *context, sluice_text text);

typedef struct sluice_config_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [any] Calls `receive` once, before returning, with the JSON object of [app.APP.ID] for this plugin's id, defaults filled in
     * ("{}" when the operator wrote none). SLUICE_E_NOT_FOUND: no such app; nothing is called. It changes when the operator has the
     * configuration read again: ask each time, or keep it and hear sluice.observer/1's "config.reloaded", whose "plugins" tells the apps.
     */
    int32_t (*app)(const sluice_host *host, sluice_text app, sluice_text_receiver receive, void *context);
    /* [any] Calls `receive` once per configured app, with its name, before returning. */
    void (*apps)(const sluice_host *host, sluice_text_receiver receive, void *context);
    /*
     * [any] The plugin's own folder, DIR/plugins/ID, absolute; the only one it may write to. Exists when this answers. Owned by the
     * host, valid until destroy.
     */
    sluice_text (*data_folder)(const sluice_host *host);
} sluice_config_service;

#ifdef __cplusplus
}
#endif
#endif
