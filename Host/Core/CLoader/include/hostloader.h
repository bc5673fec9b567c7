// What the loader needs of the system that Swift's Glibc does not show.
#ifndef HOSTLOADER_H
#define HOSTLOADER_H
#include <stddef.h>

/// Gives the memory of an image's read-only segments back to the system. They are clean pages of the library's file, which lives on while it
/// is mapped: what is looked at again comes back from there. For images that run no more and can't be unmapped (Swift's).
/// `address` is of anything in the image; returns the bytes of address space, 0 when no image is there.
size_t hostloader_release_image(const void *address);

#endif
