// Swift can't fork, and what happens between fork and exec may not allocate.
#define _GNU_SOURCE
#include "UserCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// What comes through a pipe that the exec which succeeds closes: why the child could not become the program.
struct report {
    int stage;
    int value;
};

static void tell(int pipe, int stage) {
    struct report report = {stage, errno};
    if (write(pipe, &report, sizeof report) != sizeof report) _exit(126);
}

static int open_terminal(const char *terminal) {
    // A leader without a terminal gets the one that it opens.
    int descriptor = open(terminal, O_RDWR);
    if (descriptor < 0) return -1;
    for (int i = 0; i < 3; i++) {
        if (dup2(descriptor, i) < 0) return -1;
    }
    return 0;
}

// The system calls themselves: glibc's functions would have all threads follow, of which a child has none.
static int become(const struct linux_user *user) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0) return -1;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return -1;
    if (syscall(SYS_setgroups, user->count, user->groups) != 0) return -1;
    if (syscall(SYS_setresgid, user->group, user->group, user->group) != 0) return -1;
    if (syscall(SYS_setresuid, user->number, user->number, user->number) != 0) return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    uid_t users[3];
    gid_t groups[3];
    if (syscall(SYS_getresuid, users, users + 1, users + 2) != 0) return -1;
    if (syscall(SYS_getresgid, groups, groups + 1, groups + 2) != 0) return -1;
    for (int i = 0; i < 3; i++) {
        if (users[i] != user->number || groups[i] != user->group) return errno = EPERM, -1;
    }
    if (user->number != 0 && syscall(SYS_setresuid, 0, 0, 0) == 0) return errno = EPERM, -1;
    // Kernels without key rings have none to hide.
    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    return 0;
}

static void run(const struct linux_user *user, const char *program, char *const *arguments, char *const *environment,
                const char *directory, const char *terminal, int pipe) {
    setsid();
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (open_terminal(terminal) != 0) return tell(pipe, LINUX_USER_TERMINAL);
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
        for (int descriptor = 3; descriptor < 4096; descriptor++) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    umask(022);
    if (become(user) != 0) return tell(pipe, LINUX_USER_CHANGE);
    if (chdir(directory) != 0) return tell(pipe, LINUX_USER_DIRECTORY);
    execve(program, arguments, environment);
    tell(pipe, LINUX_USER_PROGRAM);
}

pid_t linux_start_as(const struct linux_user *user, const char *program, char *const *arguments,
                     char *const *environment, const char *directory, const char *terminal, int *stage) {
    *stage = LINUX_USER_FORK;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    pid_t child = fork();
    if (child == 0) {
        run(user, program, arguments, environment, directory, terminal, ends[1]);
        _exit(126);
    }
    int error = errno;
    close(ends[1]);
    struct report report;
    ssize_t count = 0;
    while (child > 0 && (count = read(ends[0], &report, sizeof report)) < 0 && errno == EINTR) {
    }
    close(ends[0]);
    if (count == sizeof report) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
        }
        *stage = report.stage;
        error = report.value;
        child = -1;
    }
    errno = error;
    return child;
}

int linux_end_user(uid_t user) {
    if (user == 0 || user == geteuid()) return errno = EINVAL, -1;
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        if (syscall(SYS_setresuid, user, user, user) != 0) _exit(1);
        // All that this user may signal, but for the caller; -1 would be init and everybody for root alone.
        _exit(kill(-1, SIGKILL) == 0 || errno == ESRCH ? 0 : 1);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    // A child of this user may have been killed by another call for the same one: then so is everybody else.
    if (WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) return 0;
    errno = EPERM;
    return -1;
}
