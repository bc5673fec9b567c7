// SwiftPM wants one translation unit; the promise itself is the headers.
#include "sluice/sluice.h"
#include "sluice/draft/drafts.h"
#include "layout.h"
