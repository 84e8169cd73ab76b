#pragma once
#include <stddef.h>
#include <sys/types.h>

// What the agent of a step's container needs of the kernel.

/// The environment of this process, as `environ` has it.
char *const *linux_environment(void);

/// Blocks these signals and returns a non-blocking descriptor from which they are read; -1 with `errno`.
int linux_watch_signals(const int *signals, size_t count);

/// The next signal of that descriptor; 0 when there is none.
int linux_next_signal(int descriptor);

/// A child that has ended and is not buried yet; 0 when there is none.
pid_t linux_ended_child(void);

/// Binds a unix socket to the path and listens; whoever reaches it may connect. Non-blocking. -1 with `errno`.
int linux_listen(const char *path);

/// Connects to the unix socket at the path, of any length; a link there is not followed. -1 with `errno`.
int linux_connect(const char *path);

/// Who is at the other end of a unix socket (`SO_PEERCRED`); for the side that connected, who listened. -1 with `errno`.
int linux_peer(int socket, uid_t *user);

/// Sends bytes, with descriptors beside the first of them where `number` (at most 3) isn't 0. Returns how many bytes were
/// sent; -1 with `errno`.
ssize_t linux_send(int socket, const void *bytes, size_t count, const int *descriptors, size_t number);

/// Receives bytes and at most 3 descriptors, whose number it stores; what comes beyond them is closed. Returns how many
/// bytes came, 0 at the end; -1 with `errno`.
ssize_t linux_receive(int socket, void *bytes, size_t capacity, int *descriptors, size_t *number);

/// Lets go of the controlling terminal, if that is what the descriptor stands for. `SIGHUP` must be ignored.
int linux_leave_terminal(int descriptor);

/// Where `linux_start_step` failed.
enum linux_step_stage { LINUX_STEP_FORK = 0, LINUX_STEP_DIRECTORY = 1, LINUX_STEP_PROGRAM = 2 };

/// Starts a program in a session of its own, with all signals as they are by default, those three descriptors as its
/// first and, where the first is a terminal that nobody has, that as its controlling terminal. The program is looked up in
/// the `PATH` of the new environment. Returns the session's leader once the program runs, a process that ends with the
/// program's status or 128 and its signal, and the program's process group; -1 with `errno` and the stage.
pid_t linux_start_step(const char *directory, char *const *arguments, char *const *environment,
                       const int *descriptors, pid_t *group, int *stage);
