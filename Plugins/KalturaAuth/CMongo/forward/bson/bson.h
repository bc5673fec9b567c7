/* libmongoc's headers ask for <bson/bson.h>: where Debian has it. So nothing needs pkg-config, and nothing is linked with the library. */
#include <libbson-1.0/bson/bson.h>
