/* Interface sluice.observer/1: hears events. */
#ifndef SLUICE_OBSERVER_H
#define SLUICE_OBSERVER_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_INTERFACE_OBSERVER "sluice.observer/1"

typedef struct sluice_observer_interface {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [control] An event of the host ("stream.live", "stream.lost", "stream.ended", "session.opened", "session.closed", "auth.denied",
     * "plugin.state", "config.reloaded") or of a plugin ("ID.type"), with a JSON object. In order; when the observer falls more than
     * 4,096 behind, the oldest are dropped and counted.
     *
     * "config.reloaded": the configuration was read again and holds. Its member "plugins" is an object: plugin id -> array of the apps
     * whose [app.APP.ID] is another one now, apps that came or went with such a table included. sluice.config/1 `app` answers with the
     * new one from then on, or NOT_FOUND.
     */
    void (*event)(sluice_instance *instance, sluice_text type, sluice_text json);
} sluice_observer_interface;

#ifdef __cplusplus
}
#endif
#endif
