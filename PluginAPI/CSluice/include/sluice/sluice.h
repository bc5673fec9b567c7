/* Sluice plugin ABI: everything. Include one header per interface instead if you like; each stands alone. */
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
#include "kv.h"
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

/* both: the interface and the service that goes with it */
#include "source.h"
#include "transform.h"

#endif
