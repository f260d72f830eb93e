#ifndef SETPOINT_DAEMON_WATCH_TREE_H
#define SETPOINT_DAEMON_WATCH_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "reconcile/base/arena.h"

/* What a directory tree looks like from outside: its directories, and one number over every entry's name,
   identity, size and times. Two walks with the same number saw the same tree. Blocking; any thread. */
struct watch_directory {
    const char *path; /* lives in the tree's arena */
    dev_t device;
    ino_t inode;
};

struct watch_tree {
    struct arena arena;
    bool exists;  /* the root is a directory that can be read */
    dev_t device; /* of the root */
    ino_t inode;
    uint64_t signature;
    bool cut; /* WATCH_ENTRIES_MAX or WATCH_DEPTH_MAX was passed: the rest was not seen */
    struct watch_directory *directories; /* sorted by path; the root is one of them */
    uint32_t count, room;
    uint32_t entries;
};

/* root_only: nothing but exists, device and inode. */
void watch_tree_walk(struct watch_tree *tree, const char *root, bool root_only);
void watch_tree_release(struct watch_tree *tree);

#endif
