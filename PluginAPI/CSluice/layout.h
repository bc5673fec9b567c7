// Compile-time facts that every binding relies on. Sizes and offsets of all structs are locked by ABI/v1.layout.json.
#ifndef SLUICE_LAYOUT_H
#define SLUICE_LAYOUT_H
#include "sluice/sluice.h"
#include <stddef.h>

_Static_assert(sizeof(void *) == 8, "the ABI is defined for 64-bit machines");
_Static_assert(sizeof(sluice_text) == 16 && offsetof(sluice_text, size) == 8, "a text is a pointer and a 64-bit size");
_Static_assert(sizeof(sluice_bytes) == sizeof(sluice_text), "bytes and text have one shape");
_Static_assert(offsetof(sluice_frame, struct_size) == 0 && offsetof(sluice_track, struct_size) == 0, "struct_size comes first");
_Static_assert(offsetof(sluice_module, struct_size) == 0 && offsetof(sluice_host, struct_size) == 0, "struct_size comes first");

#endif
