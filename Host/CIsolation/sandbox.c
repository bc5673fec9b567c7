// Hardening of a plugin's process: no new privileges, no capabilities, limits, Landlock, seccomp. Each works without the others.
#define _GNU_SOURCE
#include "hostisolation.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#else
#error "no seccomp filter for this machine"
#endif

// ---- Landlock, by its documented numbers: the system's header may be older than the kernel.

#define LL_CREATE 444
#define LL_ADD_RULE 445
#define LL_RESTRICT 446
#define LL_EXECUTE (1ull << 0)
#define LL_WRITE_FILE (1ull << 1)
#define LL_READ_FILE (1ull << 2)
#define LL_READ_DIR (1ull << 3)
#define LL_MAKE_SOCK (1ull << 9)
#define LL_MAKE_CHAR (1ull << 6)
#define LL_MAKE_BLOCK (1ull << 11)
#define LL_TRUNCATE (1ull << 14)
#define LL_IOCTL_DEV (1ull << 15)
#define LL_BIND_TCP (1ull << 0)
#define LL_CONNECT_TCP (1ull << 1)
#define LL_RULE_PORT 2

struct ll_ruleset {
    uint64_t fs, net, scoped;
};
struct ll_path {
    uint64_t allowed;
    int32_t fd;
} __attribute__((packed));

struct ll_port {
    uint64_t allowed, port;
};

static uint64_t ll_known(long abi) {
    if (abi >= 5) return (1ull << 16) - 1;
    if (abi >= 3) return (1ull << 15) - 1;
    return abi == 2 ? (1ull << 14) - 1 : (1ull << 13) - 1;
}

static void ll_allow(int rules, const char *path, uint64_t rights, uint64_t known) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return;  // what is not there need not be allowed
    struct stat s;
    if (fstat(fd, &s) == 0) {
        if (!S_ISDIR(s.st_mode)) rights &= LL_EXECUTE | LL_WRITE_FILE | LL_READ_FILE | LL_TRUNCATE | LL_IOCTL_DEV;
        struct ll_path rule = {.allowed = rights & known, .fd = fd};
        syscall(LL_ADD_RULE, rules, 1, &rule, 0);
    }
    close(fd);
}

static uint32_t landlock(const hostiso_sandbox *box) {
    long abi = syscall(LL_CREATE, NULL, 0, 1u);
    if (abi < 1) return 0;
    uint64_t known = ll_known(abi);
    // No abstract sockets, no signals to others.
    struct ll_ruleset set = {.fs = known, .net = abi >= 4 ? LL_BIND_TCP | LL_CONNECT_TCP : 0, .scoped = abi >= 6 ? 3 : 0};
    size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    int rules = (int)syscall(LL_CREATE, &set, size, 0);
    if (rules < 0) return 0;
    for (uint32_t i = 0; i < box->readable_count; i++) {
        ll_allow(rules, box->readable[i], LL_EXECUTE | LL_READ_FILE | LL_READ_DIR, known);
    }
    const uint64_t all = ((1ull << 16) - 1) & ~(LL_MAKE_CHAR | LL_MAKE_BLOCK | LL_MAKE_SOCK | LL_EXECUTE);
    for (uint32_t i = 0; i < box->writable_count; i++) ll_allow(rules, box->writable[i], all, known);
    ll_allow(rules, "/dev/null", LL_READ_FILE | LL_WRITE_FILE, known);
    for (uint32_t i = 0; abi >= 4 && i < box->port_count; i++) {
        struct ll_port rule = {.allowed = LL_CONNECT_TCP, .port = box->ports[i]};
        syscall(LL_ADD_RULE, rules, LL_RULE_PORT, &rule, 0);
    }
    long done = syscall(LL_RESTRICT, rules, 0);
    close(rules);
    return done == 0 ? (uint32_t)abi : 0;
}

// ---- seccomp: a list of what is allowed; all else fails with EPERM.

static const int allowed[] = {
    __NR_read, __NR_write, __NR_readv, __NR_writev, __NR_pread64, __NR_pwrite64, __NR_preadv, __NR_pwritev, __NR_close, __NR_lseek,
    __NR_openat, __NR_fstat, __NR_statx, __NR_newfstatat, __NR_faccessat, __NR_readlinkat, __NR_getdents64, __NR_fcntl, __NR_flock,
    __NR_fsync, __NR_fdatasync, __NR_ftruncate, __NR_fallocate, __NR_renameat, __NR_renameat2, __NR_unlinkat, __NR_mkdirat,
    __NR_fchmod, __NR_fchmodat, __NR_linkat, __NR_symlinkat, __NR_utimensat, __NR_umask, __NR_getcwd, __NR_statfs, __NR_fstatfs,
    __NR_fadvise64, __NR_copy_file_range, __NR_sendfile, __NR_sync_file_range, __NR_truncate, __NR_fchown, __NR_chdir, __NR_fchdir,
    __NR_mmap, __NR_munmap, __NR_mremap, __NR_mprotect, __NR_madvise, __NR_brk, __NR_msync, __NR_mincore, __NR_membarrier,
    __NR_futex, __NR_set_robust_list, __NR_get_robust_list, __NR_set_tid_address, __NR_exit, __NR_exit_group, __NR_sched_yield,
    __NR_sched_getaffinity, __NR_sched_getparam, __NR_sched_getscheduler, __NR_sched_get_priority_max, __NR_sched_get_priority_min,
    __NR_gettid, __NR_getpid, __NR_getppid, __NR_getuid, __NR_geteuid, __NR_getgid, __NR_getegid, __NR_getgroups, __NR_getpgid,
    __NR_getsid, __NR_uname, __NR_sysinfo, __NR_getrusage, __NR_times, __NR_getcpu, __NR_getrandom,
    __NR_rt_sigaction, __NR_rt_sigprocmask, __NR_rt_sigreturn, __NR_rt_sigtimedwait, __NR_rt_sigsuspend, __NR_sigaltstack,
    __NR_restart_syscall, __NR_clock_gettime, __NR_clock_getres, __NR_clock_nanosleep, __NR_nanosleep, __NR_gettimeofday,
    __NR_timer_create, __NR_timer_settime, __NR_timer_delete, __NR_timer_gettime, __NR_timerfd_create, __NR_timerfd_settime,
    __NR_timerfd_gettime, __NR_getitimer, __NR_setitimer, __NR_eventfd2, __NR_pipe2, __NR_dup, __NR_dup3, __NR_ppoll, __NR_pselect6,
    __NR_epoll_create1, __NR_epoll_ctl, __NR_epoll_pwait, __NR_inotify_init1, __NR_inotify_add_watch, __NR_inotify_rm_watch,
    __NR_sendto, __NR_recvfrom, __NR_sendmsg, __NR_recvmsg, __NR_getsockopt, __NR_getsockname, __NR_getpeername, __NR_shutdown,
#ifdef __NR_faccessat2
    __NR_faccessat2,
#endif
#ifdef __NR_openat2
    __NR_openat2,
#endif
#ifdef __NR_close_range
    __NR_close_range,
#endif
#ifdef __NR_rseq
    __NR_rseq,
#endif
#ifdef __NR_preadv2
    __NR_preadv2, __NR_pwritev2,
#endif
#ifdef __NR_epoll_pwait2
    __NR_epoll_pwait2,
#endif
#ifdef __NR_open
    __NR_open, __NR_stat, __NR_lstat, __NR_access, __NR_readlink, __NR_rename, __NR_unlink, __NR_mkdir, __NR_rmdir, __NR_chmod,
    __NR_link, __NR_symlink, __NR_pipe, __NR_dup2, __NR_poll, __NR_select, __NR_epoll_create, __NR_epoll_wait, __NR_getdents,
    __NR_time, __NR_alarm, __NR_pause, __NR_arch_prctl, __NR_getpgrp, __NR_eventfd, __NR_creat, __NR_utimes, __NR_inotify_init,
#endif
};

// Nobody connects to a plugin.
static const int network[] = {__NR_connect, __NR_setsockopt};

#define LOAD(field) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(field))
#define RETURN(value) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, (value))
#define IF_EQUAL(value, yes, no) (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), (yes), (no))
#define IF_BITS(value, yes, no) (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)(value), (yes), (no))
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n))
#define NUMBER offsetof(struct seccomp_data, nr)
#define REFUSED (SECCOMP_RET_ERRNO | EPERM)

struct program {
    struct sock_filter code[1024];
    unsigned count;
};

static void emit(struct program *p, struct sock_filter one) {
    if (p->count < sizeof p->code / sizeof *p->code) p->code[p->count++] = one;
}

static void allow(struct program *p, int number) {
    emit(p, IF_EQUAL(number, 0, 1));
    emit(p, RETURN(SECCOMP_RET_ALLOW));
}

static void answer(struct program *p, int number, uint32_t with) {
    emit(p, IF_EQUAL(number, 0, 1));
    emit(p, RETURN(with));
}

// Allowed when the low word of argument `n` is one of `values`.
static void allow_values(struct program *p, int number, int n, const uint32_t *values, unsigned count) {
    emit(p, IF_EQUAL(number, 0, (uint8_t)(2 + 2 * count)));
    emit(p, LOAD(ARGUMENT(n)));
    for (unsigned i = 0; i < count; i++) {
        emit(p, IF_EQUAL(values[i], 0, 1));
        emit(p, RETURN(SECCOMP_RET_ALLOW));
    }
    emit(p, RETURN(REFUSED));
}

// Internet sockets of TCP and nothing else: Landlock knows the ports of TCP only, a datagram or an MPTCP socket would reach anybody.
static void allow_tcp(struct program *p) {
    emit(p, IF_EQUAL(__NR_socket, 0, 11));
    emit(p, LOAD(ARGUMENT(0)));
    emit(p, IF_EQUAL(2 /* AF_INET */, 1, 0));
    emit(p, IF_EQUAL(10 /* AF_INET6 */, 0, 7));
    emit(p, LOAD(ARGUMENT(1)));
    emit(p, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf));
    emit(p, IF_EQUAL(1 /* SOCK_STREAM */, 0, 4));
    emit(p, LOAD(ARGUMENT(2)));
    emit(p, IF_EQUAL(0, 1, 0));
    emit(p, IF_EQUAL(6 /* IPPROTO_TCP */, 0, 1));
    emit(p, RETURN(SECCOMP_RET_ALLOW));
    emit(p, RETURN(REFUSED));
}

// Allowed unless argument `n` has this bit.
static void allow_without(struct program *p, int number, int n, uint32_t bit) {
    emit(p, IF_EQUAL(number, 0, 4));
    emit(p, LOAD(ARGUMENT(n)));
    emit(p, IF_BITS(bit, 0, 1));
    emit(p, RETURN(REFUSED));
    emit(p, RETURN(SECCOMP_RET_ALLOW));
}

static uint32_t seccomp(const hostiso_sandbox *box) {
    static struct program p;
    const uint32_t own[] = {(uint32_t)getpid()};
    p.count = 0;
    emit(&p, LOAD(offsetof(struct seccomp_data, arch)));
    emit(&p, IF_EQUAL(MACHINE, 1, 0));
    emit(&p, RETURN(SECCOMP_RET_KILL_PROCESS));
    emit(&p, LOAD(NUMBER));
#if defined(__x86_64__)
    emit(&p, IF_BITS(0x40000000u, 0, 1));  // the x32 numbers
    emit(&p, RETURN(REFUSED));
#endif
    // Threads, not processes. clone3 hides its flags in memory: the C library falls back to clone.
#ifdef __NR_clone3
    answer(&p, __NR_clone3, SECCOMP_RET_ERRNO | ENOSYS);
#endif
    // libdispatch raises its threads' priority, which an unprivileged process may not, and complains to syslog when it fails.
    answer(&p, __NR_setpriority, SECCOMP_RET_ERRNO | 0);
    emit(&p, IF_EQUAL(__NR_clone, 0, 4));
    emit(&p, LOAD(ARGUMENT(0)));
    emit(&p, IF_BITS(0x00010000u /* CLONE_THREAD */, 0, 1));
    emit(&p, RETURN(SECCOMP_RET_ALLOW));
    emit(&p, RETURN(REFUSED));
    // Signals to itself only.
    allow_values(&p, __NR_tgkill, 0, own, 1);
    allow_values(&p, __NR_kill, 0, own, 1);
    static const uint32_t prctls[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, 0x53564d41 /* PR_SET_VMA */};
    allow_values(&p, __NR_prctl, 0, prctls, 4);
    static const uint32_t ioctls[] = {0x5401 /* TCGETS */, 0x5421 /* FIONBIO */, 0x541B /* FIONREAD */, 0x5451 /* FIOCLEX */};
    allow_values(&p, __NR_ioctl, 1, ioctls, 4);
    // Limits may be read.
    emit(&p, IF_EQUAL(__NR_prlimit64, 0, 6));
    emit(&p, LOAD(ARGUMENT(2)));
    emit(&p, IF_EQUAL(0, 0, 3));
    emit(&p, LOAD(ARGUMENT(2) + 4));
    emit(&p, IF_EQUAL(0, 0, 1));
    emit(&p, RETURN(SECCOMP_RET_ALLOW));
    emit(&p, RETURN(REFUSED));
#ifdef __NR_getrlimit
    allow(&p, __NR_getrlimit);
#endif
    if (box->port_count > 0) {
        allow_tcp(&p);
        // What is sent with the opening of a connection goes past Landlock.
        allow_without(&p, __NR_sendto, 3, 0x20000000u /* MSG_FASTOPEN */);
        allow_without(&p, __NR_sendmsg, 2, 0x20000000u);
        for (unsigned i = 0; i < sizeof network / sizeof *network; i++) allow(&p, network[i]);
    }
    for (unsigned i = 0; i < sizeof allowed / sizeof *allowed; i++) allow(&p, allowed[i]);
    emit(&p, RETURN(REFUSED));
    if (p.count == sizeof p.code / sizeof *p.code) return 0;
    struct sock_fprog program = {.len = (unsigned short)p.count, .filter = p.code};
    return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

// ---- the rest

static int limit(int which, uint64_t value) {
    struct rlimit now;
    if (getrlimit(which, &now) != 0) return 0;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value) value = now.rlim_max;
    struct rlimit wanted = {.rlim_cur = value, .rlim_max = value};
    return setrlimit(which, &wanted) == 0;
}

// Drops all. With Landlock in force a server that root runs keeps one for its plugins: to get at their folders whoever owns the path.
static uint32_t drop_capabilities(int keep_access) {
    for (int i = 0; i < 64; i++) {
        if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1) prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    }
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    if (keep_access && geteuid() == 0) none[0].permitted = none[0].effective = 1u << CAP_DAC_OVERRIDE;
    if (syscall(SYS_capset, &head, none) == 0) return 1;
    memset(none, 0, sizeof none);
    return syscall(SYS_capset, &head, none) == 0;
}

void hostiso_restrict(const hostiso_sandbox *box, int parent, hostiso_report *report) {
    memset(report, 0, sizeof *report);
    // Dies with the thread of the host that started it, also when the host dies between the two lines.
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) _exit(0);
    report->no_new_privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    // RLIMIT_NPROC is left alone: it counts the user's threads, the host's among them. seccomp refuses processes.
    int limits = limit(RLIMIT_CORE, 0);
    limits &= limit(RLIMIT_DATA, box->memory);
    limits &= limit(RLIMIT_AS, box->memory * 4);
    limits &= limit(RLIMIT_NOFILE, 256);
    limits &= limit(RLIMIT_FSIZE, 4ull << 30);
    limits &= limit(RLIMIT_MEMLOCK, 0);
    report->limits = (uint32_t)limits;
    report->landlock = landlock(box);
    report->capabilities = drop_capabilities(report->landlock != 0);
    report->seccomp = seccomp(box);
}
