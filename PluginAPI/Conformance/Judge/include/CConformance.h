/*
 * The hostile host: what `sluice conform` runs in a child process, one case at a time. It knows the ABI's headers and nothing of the
 * server, so that both can be judged by the same words. C, because it maps and unmaps what it lends, catches signals inside a
 * stranger's code, and must not share a language's runtime with what it judges.
 */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include <stdint.h>

/* What a plugin is certified for; each level asks for those below it too. */
#define CONFORM_LOADS 0u
#define CONFORM_CONFORMS 1u
#define CONFORM_ROBUST 2u
#define CONFORM_RELOADABLE 3u

typedef struct conform_case {
    const char *name;    /* "memory.frames-read-only": group, then what is asked */
    uint32_t level;      /* CONFORM_* */
    uint32_t seconds;    /* the child is ended then */
    const char *asks;    /* one sentence */
    void (*run)(void);
} conform_case;

/* The catalogue, in the order in which cases are run. */
uint32_t conform_case_count(void);
const conform_case *conform_case_at(uint32_t index);

/*
 * The child: runs one case, or describes the library, as its arguments (KEY=VALUE) say, and reports by lines on descriptor 3.
 * The exit code tells nothing: a report that does not end with "end" is a death.
 */
int conform_child(int count, char *const *arguments);

/* The parent's: removes a folder that it made for a case, with all that lies in it. */
void conform_remove_folder(const char *path);

#endif
