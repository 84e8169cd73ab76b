// Swift can't fork, and the macros of descriptors in messages (cmsg(3)) are closed to it.
#define _GNU_SOURCE
#include "StepCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 3

char *const *linux_environment(void) { return environ; }

int linux_watch_signals(const int *signals, size_t count) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int linux_next_signal(int descriptor) {
    struct signalfd_siginfo information;
    return read(descriptor, &information, sizeof information) == sizeof information ? (int)information.ssi_signo : 0;
}

pid_t linux_ended_child(void) {
    siginfo_t ended = {0};
    return waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 ? ended.si_pid : 0;
}

static int make_address(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address->sun_path, path);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int fail(int descriptor) {
    int error = errno;
    if (descriptor >= 0) close(descriptor);
    errno = error;
    return -1;
}

int linux_listen(const char *path) {
    struct sockaddr_un address;
    int listener = make_address(path, &address);
    if (listener < 0) return -1;
    mode_t mask = umask(0);
    int bound = bind(listener, (struct sockaddr *)&address, sizeof address);
    umask(mask);
    if (bound != 0 || listen(listener, 64) != 0 || fcntl(listener, F_SETFL, O_NONBLOCK) != 0) return fail(listener);
    return listener;
}

int linux_connect(const char *path) {
    // The other side may have put a link there, which must lead nowhere; and the path may be longer than an address.
    int found = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (found < 0) return -1;
    struct stat status;
    if (fstat(found, &status) != 0) return fail(found);
    if (!S_ISSOCK(status.st_mode)) {
        errno = ENOTSOCK;
        return fail(found);
    }
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", found);
    struct sockaddr_un address;
    int connection = make_address(link, &address);
    if (connection < 0) return fail(found);
    int connected = connect(connection, (struct sockaddr *)&address, sizeof address);
    if (connected != 0) connection = fail(connection);
    int error = errno;
    close(found);
    errno = error;
    return connection;
}

int linux_peer(int socket, uid_t *user) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    *user = peer.uid;
    return 0;
}

ssize_t linux_send(int socket, const void *bytes, size_t count, const int *descriptors, size_t number) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
    } control = {0};
    if (number > MOST_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    if (number > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(number * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(number * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, number * sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t linux_receive(int socket, void *bytes, size_t capacity, int *descriptors, size_t *number) {
    struct iovec part = {.iov_base = bytes, .iov_len = capacity};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
    } control = {0};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *number = 0;
    // The kernel closes what has no room in `control`.
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
            if (*number < MOST_DESCRIPTORS) {
                descriptors[(*number)++] = descriptor;
            } else {
                close(descriptor);
            }
        }
    }
    return received;
}

int linux_leave_terminal(int descriptor) { return ioctl(descriptor, TIOCNOTTY); }

// What comes through a pipe that the exec which succeeds closes: the program's process (stage -1), then why it could not
// become the program.
struct report {
    int stage;
    int value;
};

static void tell(int pipe, int stage, int value) {
    struct report report = {stage, value};
    if (write(pipe, &report, sizeof report) != sizeof report) _exit(126);
}

static void default_signals(void) {
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Makes the group of this process that of the terminal, whoever's it was.
static void take_foreground(void) {
    signal(SIGTTOU, SIG_IGN);
    tcsetpgrp(0, getpgrp());
}

// The session's leader: waits for the program and ends as it ended. When a leader ends, the group of the terminal gets
// SIGHUP: that is then its own, so that what the program left in the background lives on.
static void keep_session(pid_t program) {
    for (int number = 1; number < NSIG; number++) signal(number, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    if (close_range(3, ~0U, 0) != 0) {
        for (int descriptor = 3; descriptor < 4096; descriptor++) close(descriptor);
    }
    int status = 0;
    while (waitpid(program, &status, 0) < 0 && errno == EINTR) {
    }
    take_foreground();
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

// In the child: becomes the program's keeper, or reports why not. Nothing here allocates.
static void run_session(const char *directory, char *const *arguments, char *const *environment,
                        const int *descriptors, int pipe) {
    setsid();
    for (int i = 0; i < 3; i++) {
        if (dup2(descriptors[i], i) < 0) return tell(pipe, LINUX_STEP_FORK, errno);
    }
    // Fails where it is no terminal, or another session's: the step does without.
    ioctl(0, TIOCSCTTY, 0);
    if (chdir(directory) != 0) return tell(pipe, LINUX_STEP_DIRECTORY, errno);
    pid_t program = fork();
    if (program < 0) return tell(pipe, LINUX_STEP_FORK, errno);
    if (program > 0) keep_session(program);
    setpgid(0, 0);
    take_foreground();
    default_signals();
    tell(pipe, -1, getpid());
    environ = (char **)environment;
    execvp(arguments[0], arguments);
    tell(pipe, LINUX_STEP_PROGRAM, errno);
}

static int read_report(int pipe, struct report *report) {
    ssize_t count;
    do {
        count = read(pipe, report, sizeof *report);
    } while (count < 0 && errno == EINTR);
    return count == sizeof *report;
}

pid_t linux_start_step(const char *directory, char *const *arguments, char *const *environment,
                       const int *descriptors, pid_t *group, int *stage) {
    *stage = LINUX_STEP_FORK;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    pid_t leader = fork();
    if (leader == 0) {
        run_session(directory, arguments, environment, descriptors, ends[1]);
        _exit(126);
    }
    int error = errno;
    close(ends[1]);
    struct report report;
    while (leader > 0 && read_report(ends[0], &report)) {
        if (report.stage < 0) {
            *group = report.value;
            continue;
        }
        // The leader ends by itself.
        while (waitpid(leader, NULL, 0) < 0 && errno == EINTR) {
        }
        *stage = report.stage;
        error = report.value;
        leader = -1;
    }
    close(ends[0]);
    errno = error;
    return leader;
}
