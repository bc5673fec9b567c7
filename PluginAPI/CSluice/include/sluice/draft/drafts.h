/* The drafts of the Sluice plugin ABI: everything of revision 0. Each may change with any release; none is part of sluice.h. */
#ifndef SLUICE_DRAFT_DRAFTS_H
#define SLUICE_DRAFT_DRAFTS_H

#include "kv.h"
#include "source.h"
#include "transform.h"

#endif
