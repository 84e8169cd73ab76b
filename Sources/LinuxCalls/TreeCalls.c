// Trees that somebody else may be changing: every step is made from an open folder, and none through a link.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "UserCalls.h"

// Folders below this depth are moved up before they are removed, so that no tree takes more descriptors than there are.
#define DEEPEST 64
// So often is the tree looked at again: for what was moved up, and for what somebody goes on to put there.
#define PASSES 10000

static int is_dots(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

static int fail(int descriptor) {
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

static DIR *open_folder(int parent, const char *name) {
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) return NULL;
    DIR *folder = fdopendir(descriptor);
    if (folder == NULL) fail(descriptor);
    return folder;
}

static int give(int parent, const char *name, uid_t user, gid_t group) {
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return -1;
    if (!S_ISDIR(status.st_mode)) {
        if (status.st_nlink > 1) return 0;
        return fchownat(parent, name, user, group, AT_SYMLINK_NOFOLLOW);
    }
    DIR *folder = open_folder(parent, name);
    if (folder == NULL) return -1;
    struct dirent *entry;
    int result = 0;
    while (result == 0 && (entry = readdir(folder)) != NULL) {
        if (!is_dots(entry->d_name)) result = give(dirfd(folder), entry->d_name, user, group);
    }
    if (result == 0) result = fchown(dirfd(folder), user, group);
    int error = errno;
    closedir(folder);
    errno = error;
    return result;
}

int linux_give_tree(const char *path, uid_t user, gid_t group) { return give(AT_FDCWD, path, user, group); }

// `top` is the tree's own folder, -1 for itself. Counts in `moved` what was moved up there.
static int empty(DIR *folder, int top, int depth, unsigned *moved);

static int remove_entry(int parent, const char *name, int top, int depth, unsigned *moved) {
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return 0;
    if (errno != EISDIR) return -1;
    if (depth > DEEPEST) {
        char other[32];
        do {
            snprintf(other, sizeof other, ".%u", (*moved)++);
        } while (renameat(parent, name, top, other) != 0 && (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR));
        return 0;
    }
    DIR *folder = open_folder(parent, name);
    if (folder == NULL) return errno == ENOENT ? 0 : -1;
    // Where the tree is our own user's, a folder that is read-only would keep what is in it.
    fchmod(dirfd(folder), 0700);
    int result = empty(folder, top, depth, moved);
    int error = errno;
    closedir(folder);
    errno = error;
    if (result != 0) return -1;
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -1;
}

static int empty(DIR *folder, int top, int depth, unsigned *moved) {
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (is_dots(entry->d_name)) continue;
        if (remove_entry(dirfd(folder), entry->d_name, top < 0 ? dirfd(folder) : top, depth + 1, moved) != 0) return -1;
    }
    return 0;
}

int linux_remove_tree(const char *path) {
    if (unlink(path) == 0 || errno == ENOENT) return 0;
    if (errno != EISDIR) return -1;
    DIR *folder = open_folder(AT_FDCWD, path);
    if (folder == NULL) return errno == ENOENT ? 0 : -1;
    fchmod(dirfd(folder), 0700);
    unsigned moved = 0;
    for (int pass = 0; pass < PASSES; pass++) {
        rewinddir(folder);
        if (empty(folder, -1, 0, &moved) != 0 && errno != ENOTEMPTY) break;
        if (rmdir(path) == 0) {
            closedir(folder);
            return 0;
        }
        if (errno != ENOTEMPTY) break;
    }
    int error = errno;
    closedir(folder);
    errno = error;
    return -1;
}
