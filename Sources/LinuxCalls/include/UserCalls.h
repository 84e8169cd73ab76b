#pragma once
#include <stddef.h>
#include <sys/types.h>

// What is needed to run somebody else's programs as another user than one's own, and to clear up after them.

/// A user to become: its number, its group, and the groups that it is in besides.
struct linux_user {
    uid_t number;
    gid_t group;
    const gid_t *groups;
    size_t count;
};

/// Where `linux_start_as` failed.
enum linux_user_stage {
    LINUX_USER_FORK = 0,
    LINUX_USER_TERMINAL = 1,
    LINUX_USER_CHANGE = 2,
    LINUX_USER_DIRECTORY = 3,
    LINUX_USER_PROGRAM = 4
};

/// Starts a program in a session of its own on that terminal as that user: no other descriptor, no capability, no way to
/// gain any (`PR_SET_NO_NEW_PRIVS`), no core dump, no key ring of ours. The folder is entered as that user. Returns its
/// pid once it runs; -1 with `errno` and the stage.
pid_t linux_start_as(const struct linux_user *user, const char *program, char *const *arguments,
                     char *const *environment, const char *directory, const char *terminal, int *stage);

/// Kills every process of that user at one stroke, so that none gets away by forking. Not for 0 and not for one's own.
/// Returns 0; -1 with `errno`.
int linux_end_user(uid_t user);

/// Gives everything under the path to that user, what it is itself last; follows no link and enters nothing that a link
/// stands for. Files with several names are left. Returns 0; -1 with `errno`.
int linux_give_tree(const char *path, uid_t user, gid_t group);

/// Removes the path and everything under it, however deep; follows no link, whoever changes the tree meanwhile. Returns 0,
/// also where there is nothing; -1 with `errno`.
int linux_remove_tree(const char *path);
