#ifndef SLUICE_CZLIB_SHIM_H
#define SLUICE_CZLIB_SHIM_H

#include <string.h>
#include <zlib.h>

/* deflateInit2 is a macro; windowBits 15 + 16 selects the gzip wrapper (RFC 1952). */
static inline int sluice_gzip_init(z_stream *stream, int level) {
    memset(stream, 0, sizeof *stream);
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

#endif
