// What the loader needs of the system that Swift's Glibc does not show.
#ifndef HOSTLOADER_H
#define HOSTLOADER_H
#include <stddef.h>

/// Gives the memory of images' read-only segments back to the system. They are clean pages of the library's file, which lives on while it
/// is mapped: what is looked at again comes back from there. For images that run no more and can't be unmapped (Swift's). One pass over all
/// images of the process; each address is of anything in the image that is meant. Returns the bytes of address space.
size_t hostloader_release_images(const void *const *addresses, size_t count);

/// The address space of the image that an address lies in, bytes; 0: in none.
size_t hostloader_image_size(const void *address);

/// Closes every descriptor from `first` on: what a child inherited that is none of its business.
void hostloader_close_from(int first);

#endif
