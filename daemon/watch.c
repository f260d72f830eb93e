#include "daemon/watch.h"

#include <string.h>

#include "daemon/watch_tree.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"

/* One inotify watch. */
struct eye {
    uv_fs_event_t event;
    struct watch *watch; /* NULL once it is closing */
    char *path;
    dev_t device;
    ino_t inode;
    bool doubtful; /* its directory may be gone, and another one may have its inode number by now */
};

/* One job of the worker. Lives until the loop has heard of its end, which may be after watch_free. */
struct walk {
    uv_work_t work;
    struct watch *watch; /* NULL: nobody wants the result any more */
    char *root;
    bool root_only;
    bool tells;   /* the quiet period is over: `changed` follows */
    bool forgets; /* the owner read at its begin */
    struct watch_tree tree;
};

struct watch {
    uv_loop_t *loop;
    char *root;
    watch_changed *changed;
    void *ctx;
    unsigned open_timers;
    uv_timer_t quiet; /* runs while a change is noted */
    uv_timer_t tick;
    uint64_t first_change_ms; /* of the changes noted; 0 = none */
    uint64_t last_walk_ms;
    struct walk *walk;
    bool walk_wanted; /* another one behind the present: it began before what it is to see */
    bool tell_due, forget_due;
    struct eye **eyes; /* sorted by path */
    uint32_t eye_count;
    bool polling;
    /* The tree as it was when `changed` was called last. */
    bool exists;
    dev_t device;
    ino_t inode;
    uint64_t signature;
};

static void walk_begin(struct watch *watch, bool root_only);

static void on_quiet(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    watch->first_change_ms = 0;
    watch->tell_due = true;
    walk_begin(watch, false);
}

static void note_change(struct watch *watch)
{
    uv_update_time(watch->loop); /* the walk that found it takes its time in a large tree */
    uint64_t now_ms = uv_now(watch->loop);
    if (!watch->first_change_ms) watch->first_change_ms = now_ms ? now_ms : 1;
    uint64_t latest_ms = watch->first_change_ms + WATCH_DELAY_MAX_MS;
    uint64_t left_ms = latest_ms > now_ms ? latest_ms - now_ms : 0;
    uv_timer_start(&watch->quiet, on_quiet, left_ms < WATCH_QUIET_MS ? left_ms : WATCH_QUIET_MS, 0);
}

static void on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
    struct eye *eye = event->data;
    if (!eye->watch) return;
    /* libuv tells what happened to the directory itself (removed, moved, watch ended) under its own name. */
    const char *slash = strrchr(eye->path, '/');
    bool itself = name && strcmp(name, slash ? slash + 1 : eye->path) == 0;
    if (status != 0 || (itself && events & UV_RENAME)) eye->doubtful = true;
    note_change(eye->watch);
}

static void on_eye_closed(uv_handle_t *handle)
{
    struct eye *eye = handle->data;
    memory_free(eye->path);
    memory_free(eye);
}

static void eye_close(struct eye *eye)
{
    eye->watch = NULL;
    uv_close((uv_handle_t *)&eye->event, on_eye_closed);
}

/* NULL: the kernel refused. */
static struct eye *eye_open(struct watch *watch, const struct watch_directory *directory)
{
    struct eye *eye = NEW(struct eye);
    uv_fs_event_init(watch->loop, &eye->event);
    eye->event.data = eye;
    eye->watch = watch;
    eye->path = memory_copy_text(directory->path);
    eye->device = directory->device;
    eye->inode = directory->inode;
    int code = uv_fs_event_start(&eye->event, on_event, eye->path, 0);
    if (code == 0) return eye;
    if (code == UV_ENOENT || code == UV_ENOTDIR)
        note_change(watch); /* gone since the walk */
    else
        watch->polling = true;
    eye_close(eye);
    return NULL;
}

static bool eye_sees(const struct eye *eye, const struct watch_directory *directory)
{
    return !eye->doubtful && eye->device == directory->device && eye->inode == directory->inode;
}

/* Merge join of the eyes there are with the directories there are: a directory made anew under an old name
   needs a new eye. Returns how many were opened. */
static uint32_t eyes_follow(struct watch *watch, const struct watch_tree *tree)
{
    uint32_t wanted = tree->count < WATCH_DIRECTORIES_MAX ? tree->count : WATCH_DIRECTORIES_MAX;
    struct eye **eyes = memory_zero((wanted + 1) * sizeof *eyes);
    uint32_t count = 0, opened = 0, old = 0;
    watch->polling = tree->cut || tree->count > wanted;
    for (uint32_t i = 0; i < wanted; i++) {
        const struct watch_directory *directory = &tree->directories[i];
        while (old < watch->eye_count && strcmp(watch->eyes[old]->path, directory->path) < 0)
            eye_close(watch->eyes[old++]);
        bool known = old < watch->eye_count && strcmp(watch->eyes[old]->path, directory->path) == 0;
        struct eye *eye = known ? watch->eyes[old++] : NULL;
        if (eye && !eye_sees(eye, directory)) {
            eye_close(eye);
            eye = NULL;
        }
        if (!eye) {
            eye = eye_open(watch, directory);
            opened += eye != NULL;
        }
        if (eye) eyes[count++] = eye;
    }
    while (old < watch->eye_count)
        eye_close(watch->eyes[old++]);
    memory_free(watch->eyes);
    watch->eyes = eyes;
    watch->eye_count = count;
    return opened;
}

static void remember(struct watch *watch, const struct watch_tree *tree)
{
    watch->exists = tree->exists;
    watch->device = tree->device;
    watch->inode = tree->inode;
    watch->signature = tree->signature;
}

static bool root_differs(const struct watch *watch, const struct watch_tree *tree)
{
    return watch->exists != tree->exists || watch->device != tree->device || watch->inode != tree->inode;
}

static void walk_free(struct walk *walk)
{
    watch_tree_release(&walk->tree);
    memory_free(walk->root);
    memory_free(walk);
}

/* A change that no event announced: events were lost, perhaps those that tell of lost directories too. */
static void doubt_all(struct watch *watch)
{
    for (uint32_t i = 0; i < watch->eye_count; i++)
        watch->eyes[i]->doubtful = true;
}

/* Returns whether `changed` is to be called. */
static bool walk_absorb(struct watch *watch, const struct walk *walk)
{
    if (walk->root_only) {
        if (root_differs(watch, &walk->tree) && !watch->first_change_ms) note_change(watch);
        return false;
    }
    bool differs = root_differs(watch, &walk->tree) || watch->signature != walk->tree.signature;
    bool announced = walk->tells || walk->forgets || watch->first_change_ms || watch->tell_due;
    if (differs && !announced) doubt_all(watch);
    uint32_t opened = eyes_follow(watch, &walk->tree);
    /* What was put into a new directory before its eye was open is seen by one more walk. */
    if (opened) watch->walk_wanted = true;
    /* After a forget the tree may have changed between the owner's reading and this walk; where eyes were
       open all the time, they will have seen it. */
    bool owner_saw = walk->forgets && !opened && !watch->polling;
    if (walk->tells || owner_saw)
        remember(watch, &walk->tree);
    else if (differs && !watch->first_change_ms && !watch->tell_due)
        note_change(watch);
    return walk->tells;
}

static void on_walked(uv_work_t *work, int status)
{
    struct walk *walk = work->data;
    struct watch *watch = walk->watch;
    (void)status;
    bool tell = false;
    if (watch) {
        watch->walk = NULL;
        watch->last_walk_ms = walk->root_only ? watch->last_walk_ms : uv_now(watch->loop);
        tell = walk_absorb(watch, walk);
        if (watch->walk_wanted) walk_begin(watch, false);
    }
    walk_free(walk);
    if (tell) watch->changed(watch->ctx); /* last: it may free the watch */
}

static void on_walk(uv_work_t *work)
{
    struct walk *walk = work->data;
    watch_tree_walk(&walk->tree, walk->root, walk->root_only);
}

static void walk_begin(struct watch *watch, bool root_only)
{
    if (watch->walk) {
        watch->walk_wanted |= !root_only;
        return;
    }
    struct walk *walk = NEW(struct walk);
    walk->work.data = walk;
    walk->watch = watch;
    walk->root = memory_copy_text(watch->root);
    walk->root_only = root_only;
    if (!root_only) {
        walk->tells = watch->tell_due;
        walk->forgets = watch->forget_due;
        watch->tell_due = watch->forget_due = false;
        watch->walk_wanted = false;
    }
    watch->walk = walk;
    ASSERT(uv_queue_work(watch->loop, &walk->work, on_walk, on_walked) == 0);
}

static void on_tick(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    uint64_t period_ms = watch->polling ? WATCH_POLL_MS : WATCH_TREE_MS;
    bool full = uv_now(watch->loop) - watch->last_walk_ms >= period_ms;
    if (!watch->walk) walk_begin(watch, !full);
}

struct watch *watch_new(uv_loop_t *loop, const char *directory, watch_changed *changed, void *ctx)
{
    struct watch *watch = NEW(struct watch);
    watch->loop = loop;
    watch->root = memory_copy_text(directory);
    watch->changed = changed;
    watch->ctx = ctx;
    uv_timer_init(loop, &watch->quiet);
    uv_timer_init(loop, &watch->tick);
    watch->quiet.data = watch->tick.data = watch;
    watch->open_timers = 2;
    uv_update_time(loop);
    uv_timer_start(&watch->tick, on_tick, WATCH_ROOT_MS, WATCH_ROOT_MS);
    struct watch_tree tree;
    watch_tree_walk(&tree, watch->root, false);
    remember(watch, &tree);
    eyes_follow(watch, &tree);
    watch_tree_release(&tree);
    watch->last_walk_ms = uv_now(loop);
    walk_begin(watch, false); /* what changed before the eyes were open */
    return watch;
}

void watch_forget(struct watch *watch)
{
    if (watch->first_change_ms) uv_timer_stop(&watch->quiet);
    watch->first_change_ms = 0;
    watch->tell_due = false;
    watch->forget_due = true;
    walk_begin(watch, false);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct watch *watch = handle->data;
    if (--watch->open_timers > 0) return;
    memory_free(watch->eyes);
    memory_free(watch->root);
    memory_free(watch);
}

void watch_free(struct watch *watch)
{
    if (!watch) return;
    if (watch->walk) watch->walk->watch = NULL;
    for (uint32_t i = 0; i < watch->eye_count; i++)
        eye_close(watch->eyes[i]);
    watch->eye_count = 0;
    uv_close((uv_handle_t *)&watch->quiet, on_timer_closed);
    uv_close((uv_handle_t *)&watch->tick, on_timer_closed);
}

bool watch_is_polling(const struct watch *watch)
{
    return watch->polling;
}
