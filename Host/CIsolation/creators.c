#include "hostisolation.h"

static hostiso_creator creator;

void hostiso_set_creator(hostiso_creator function) { __atomic_store_n(&creator, function, __ATOMIC_RELEASE); }

#define ONE(n)                                                                                          \
    static int32_t create_##n(const sluice_host *host, sluice_instance **instance, sluice_error *error) { \
        return __atomic_load_n(&creator, __ATOMIC_ACQUIRE)(0x##n, host, instance, error);               \
    }
#define SIXTEEN(h)                                                                                      \
    ONE(h##0) ONE(h##1) ONE(h##2) ONE(h##3) ONE(h##4) ONE(h##5) ONE(h##6) ONE(h##7) ONE(h##8) ONE(h##9) \
    ONE(h##a) ONE(h##b) ONE(h##c) ONE(h##d) ONE(h##e) ONE(h##f)
#define NAMES(h)                                                                                                     \
    create_##h##0, create_##h##1, create_##h##2, create_##h##3, create_##h##4, create_##h##5, create_##h##6,         \
        create_##h##7, create_##h##8, create_##h##9, create_##h##a, create_##h##b, create_##h##c, create_##h##d,     \
        create_##h##e, create_##h##f

SIXTEEN(0) SIXTEEN(1) SIXTEEN(2) SIXTEEN(3) SIXTEEN(4) SIXTEEN(5) SIXTEEN(6) SIXTEEN(7)
SIXTEEN(8) SIXTEEN(9) SIXTEEN(a) SIXTEEN(b) SIXTEEN(c) SIXTEEN(d) SIXTEEN(e) SIXTEEN(f)

static const hostiso_create creators[HOSTISO_PLACES] = {
    NAMES(0), NAMES(1), NAMES(2), NAMES(3), NAMES(4), NAMES(5), NAMES(6), NAMES(7),
    NAMES(8), NAMES(9), NAMES(a), NAMES(b), NAMES(c), NAMES(d), NAMES(e), NAMES(f),
};

hostiso_create hostiso_create_at(uint32_t place) { return place < HOSTISO_PLACES ? creators[place] : 0; }
