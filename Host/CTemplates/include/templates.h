// The files of PluginAPI that `sluice new plugin` writes, carried inside the executable: nothing has to be installed beside it.
// files.c is made by Scripts/templates; a test holds it to what is there.
#ifndef SLUICE_TEMPLATES_H
#define SLUICE_TEMPLATES_H
#include <stddef.h>

typedef struct templates_file {
    /// A template's folder ("c-auth"), or what all of a language get below sdk/ ("c", "swift", "rust").
    const char *set;
    /// Inside the folder that is written.
    const char *path;
    const unsigned char *bytes;
    size_t size;
    int executable;
} templates_file;

extern const templates_file *const templates_files;
extern const size_t templates_count;

#endif
