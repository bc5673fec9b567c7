/*
 * Sluice plugin ABI: everything that is frozen, as of v1.0. Include one header per interface instead if you like; each stands alone.
 * What may still change is below draft/ and has to be included by name.
 */
#ifndef SLUICE_SLUICE_H
#define SLUICE_SLUICE_H

#include "core.h"

/* services of the host */
#include "auth.h"
#include "broadcast.h"
#include "buffer.h"
#include "config.h"
#include "event.h"
#include "exchange.h"
#include "fetch.h"
#include "log.h"
#include "metrics.h"
#include "net.h"
#include "stream.h"
#include "task.h"
#include "time.h"

/* interfaces of plugins */
#include "command.h"
#include "handover.h"
#include "observer.h"
#include "protocol.h"
#include "routes.h"
#include "selftest.h"
#include "sink.h"

#endif
