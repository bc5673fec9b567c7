// SwiftPM wants one translation unit; the promise itself is the headers.
#include "sluice/sluice.h"
#include "layout.h"
