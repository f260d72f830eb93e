#ifndef SETPOINT_DAEMON_CONTROL_ACCESS_H
#define SETPOINT_DAEMON_CONTROL_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "reconcile/base/text.h"

/* Who may do what over the control socket (DESIGN.md section 9). The kernel says who is at the other end:
   SO_PEERCRED and SO_PEERGROUPS (unix(7), socket(7)), as they were when he connected. */

#define CONTROL_GROUP_READ "setpoint"
#define CONTROL_GROUP_ACT  "setpoint-admin"

enum control_access { CONTROL_NOBODY, CONTROL_READS, CONTROL_ACTS };

enum { CONTROL_NO_GROUP = -1 };

/* Looked up by name; a group that does not exist lets nobody in. */
struct control_rules {
    bool development; /* only own_uid and root, whatever their groups */
    uid_t own_uid;
    int64_t read_gid, act_gid; /* CONTROL_NO_GROUP: there is no such group */
};

struct control_peer {
    uid_t uid;
    gid_t gid;
    pid_t pid;
    gid_t *groups; /* supplementary; owned */
    uint32_t group_count;
};

struct control_rules control_rules_read(bool development);

/* false: not a Unix socket, or the kernel does not say. */
bool control_peer_read(int fd, struct control_peer *out);
void control_peer_release(struct control_peer *peer);

enum control_access control_judge(const struct control_rules *rules, const struct control_peer *peer);

/* One sentence for him who is refused: what he lacks, and the line that gives it to him. */
void control_refusal(const struct control_rules *rules, const struct control_peer *peer,
                     enum control_access wanted, struct text *out);

#endif
