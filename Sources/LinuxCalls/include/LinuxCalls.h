#pragma once
#include <sys/types.h>

#include "StepCalls.h"
#include "UserCalls.h"

/// Makes this process the parent of its descendants whose own parent has died (`PR_SET_CHILD_SUBREAPER`, prctl(2)), so
/// that none of them gets away. Returns 0, or -1 with `errno`.
int linux_adopt_orphans(void);

/// Buries the children that have ended, up to `leader`, which is somebody else's to wait for.
void linux_bury_orphans(pid_t leader);
