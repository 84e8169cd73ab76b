// System calls that Swift can't make: prctl(2) takes any number of arguments, and siginfo_t is a union.
#define _GNU_SOURCE
#include "LinuxCalls.h"

#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>

int linux_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

void linux_bury_orphans(pid_t leader) {
    for (;;) {
        siginfo_t ended = {0};
        if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0) return;
        if (ended.si_pid == 0 || ended.si_pid == leader) return;
        if (waitpid(ended.si_pid, NULL, WNOHANG) <= 0) return;
    }
}
