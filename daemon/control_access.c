#include "daemon/control_access.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reconcile/base/cleanup.h"

enum {
    GROUPS_FIRST = 64,   /* enough for nearly everyone */
    GROUPS_MAX = 65536,  /* NGROUPS_MAX of Linux */
    ENTRY_BYTES = 65536, /* one line of the user or group database */
    USER_NAME_MAX = 64
};

static int64_t group_find(const char *name)
{
    AUTO_FREE char *buffer = memory_alloc(ENTRY_BYTES);
    struct group entry, *found = NULL;
    if (getgrnam_r(name, &entry, buffer, ENTRY_BYTES, &found) != 0 || !found) return CONTROL_NO_GROUP;
    return found->gr_gid;
}

struct control_rules control_rules_read(bool development)
{
    return (struct control_rules){.development = development,
                                  .own_uid = geteuid(),
                                  .read_gid = group_find(CONTROL_GROUP_READ),
                                  .act_gid = group_find(CONTROL_GROUP_ACT)};
}

/* The kernel answers ERANGE with the size it needs. */
static bool peer_groups_read(int fd, struct control_peer *peer)
{
    socklen_t size = GROUPS_FIRST * sizeof(gid_t);
    for (;;) {
        peer->groups = memory_grow(peer->groups, size);
        if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, peer->groups, &size) == 0) break;
        if (errno != ERANGE || size > GROUPS_MAX * sizeof(gid_t)) return false;
    }
    peer->group_count = (uint32_t)(size / sizeof(gid_t));
    return true;
}

bool control_peer_read(int fd, struct control_peer *out)
{
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    *out = (struct control_peer){.uid = (uid_t)-1, .gid = (gid_t)-1};
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return false;
    /* On anything but a Unix socket the call succeeds and says nobody. */
    if (credentials.uid == (uid_t)-1) return false;
    out->uid = credentials.uid;
    out->gid = credentials.gid;
    out->pid = credentials.pid;
    return peer_groups_read(fd, out);
}

void control_peer_release(struct control_peer *peer)
{
    memory_free(peer->groups);
    peer->groups = NULL;
    peer->group_count = 0;
}

static bool peer_is_in(const struct control_peer *peer, int64_t gid)
{
    if (gid == CONTROL_NO_GROUP) return false;
    if (peer->gid == gid) return true;
    for (uint32_t i = 0; i < peer->group_count; i++)
        if (peer->groups[i] == gid) return true;
    return false;
}

enum control_access control_judge(const struct control_rules *rules, const struct control_peer *peer)
{
    if (peer->uid == 0 || peer->uid == rules->own_uid) return CONTROL_ACTS;
    if (rules->development) return CONTROL_NOBODY;
    if (peer_is_in(peer, rules->act_gid)) return CONTROL_ACTS;
    return peer_is_in(peer, rules->read_gid) ? CONTROL_READS : CONTROL_NOBODY;
}

static void user_name(uid_t uid, char out[USER_NAME_MAX])
{
    AUTO_FREE char *buffer = memory_alloc(ENTRY_BYTES);
    struct passwd entry, *found = NULL;
    if (getpwuid_r(uid, &entry, buffer, ENTRY_BYTES, &found) == 0 && found)
        text_copy(out, USER_NAME_MAX, found->pw_name);
    else
        snprintf(out, USER_NAME_MAX, "%u", uid);
}

void control_refusal(const struct control_rules *rules, const struct control_peer *peer,
                     enum control_access wanted, struct text *out)
{
    bool acts = wanted == CONTROL_ACTS;
    const char *group = acts ? CONTROL_GROUP_ACT : CONTROL_GROUP_READ;
    char user[USER_NAME_MAX], owner[USER_NAME_MAX];
    user_name(peer->uid, user);
    user_name(rules->own_uid, owner);
    if (rules->development) {
        text_addf(out, "user %s may not use this setpointd: it was started with --runtime and obeys only %s",
                  user, owner);
        return;
    }
    text_addf(out,
              "user %s may not %s: not in group %s (to change that: sudo usermod -aG %s %s, then log in anew",
              user, acts ? "do this" : "read this", group, group, user);
    if ((acts ? rules->act_gid : rules->read_gid) == CONTROL_NO_GROUP)
        text_addf(out, "; the group does not exist yet: systemd-sysusers makes it");
    text_add(out, ")");
}
