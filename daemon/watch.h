#ifndef SETPOINT_DAEMON_WATCH_H
#define SETPOINT_DAEMON_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/* Tells that something below a directory may have changed; it reads no file's content. `changed` is called on
   the loop when WATCH_QUIET_MS passed without a further change, at the latest WATCH_DELAY_MAX_MS after the
   first one. The directory may be missing, a symlink, swapped, removed and made again at any time.

   Three nets: inotify on each directory below the root (directories named .git are left out; symlinks to
   directories are followed), a look at the root itself every WATCH_ROOT_MS, and a comparison of all names,
   sizes and times every WATCH_TREE_MS (what inotify lost, network file systems, targets of symlinks).
   Above WATCH_DIRECTORIES_MAX directories, or when the kernel gives no more watches, that comparison runs
   every WATCH_POLL_MS instead. Walking the tree is done on a worker thread. */
struct watch;

enum {
    WATCH_QUIET_MS = 500,
    WATCH_DELAY_MAX_MS = 10 * 1000,
    WATCH_ROOT_MS = 2 * 1000,
    WATCH_TREE_MS = 30 * 1000,
    WATCH_POLL_MS = 5 * 1000,
    WATCH_DIRECTORIES_MAX = 4096, /* of Debian's default of 8192 and more watches per user: half */
    WATCH_ENTRIES_MAX = 200000,   /* one walk ends there: LIMIT_OBJECTS files of one object each */
    WATCH_DEPTH_MAX = 32
};

typedef void watch_changed(void *ctx);

/* Does not call back for what is there at the start: the owner reads once itself, after watch_new (which
   walks the tree once, blocking). A read that the owner makes for another reason (sync, reload) changes
   nothing here: at worst one more call follows. `changed` may call watch_free. */
struct watch *watch_new(uv_loop_t *loop, const char *directory, watch_changed *changed, void *ctx);
/* NULL-safe; no callback after it. Its memory goes when the loop has run its close callbacks. */
void watch_free(struct watch *watch);
/* The owner begins to read everything now for another reason (sync, reload): changes noted so far need no
   call of their own any more. One may come all the same. */
void watch_forget(struct watch *watch);
/* false: inotify covers the tree; true: the comparison every WATCH_POLL_MS does. */
bool watch_is_polling(const struct watch *watch);

#endif
