#include "daemon/watch_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/watch.h"
#include "reconcile/base/hash.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

enum { PATH_TEXT_MAX = 4096 };

/* The directories above the present one: a symlink to one of them would be walked without end. */
struct trail {
    const struct trail *above;
    dev_t device;
    ino_t inode;
    unsigned depth;
};

static bool trail_has(const struct trail *trail, const struct stat *found)
{
    for (; trail; trail = trail->above)
        if (trail->device == found->st_dev && trail->inode == found->st_ino) return true;
    return false;
}

struct looks {
    uint64_t device, inode, mode, size, mtime_s, mtime_ns, ctime_s, ctime_ns;
};

/* A sum does not depend on the order in which the kernel lists the names. */
static void add_looks(struct watch_tree *tree, const char *path, const struct stat *found)
{
    struct hash_key key = {.k0 = hash_keyed((struct hash_key){0}, path, strlen(path))};
    struct looks looks = {
        .device = found->st_dev,
        .inode = found->st_ino,
        .mode = found->st_mode,
        .size = S_ISDIR(found->st_mode) ? 0 : (uint64_t)found->st_size,
        .mtime_s = (uint64_t)found->st_mtim.tv_sec,
        .mtime_ns = (uint64_t)found->st_mtim.tv_nsec,
        .ctime_s = (uint64_t)found->st_ctim.tv_sec,
        .ctime_ns = (uint64_t)found->st_ctim.tv_nsec,
    };
    tree->signature += hash_keyed(key, &looks, sizeof looks);
}

static void add_directory(struct watch_tree *tree, const char *path, const struct stat *found)
{
    ROW_RESERVE(tree->directories, tree->count, tree->room);
    tree->directories[tree->count++] = (struct watch_directory){
        .path = arena_text(&tree->arena, path), .device = found->st_dev, .inode = found->st_ino};
}

static void walk_directory(struct watch_tree *tree, struct text *path, const struct stat *found,
                           const struct trail *above);

static void walk_entry(struct watch_tree *tree, struct text *path, int directory, const char *name,
                       const struct trail *trail)
{
    struct stat link, target;
    if (fstatat(directory, name, &link, AT_SYMLINK_NOFOLLOW) != 0) return; /* gone since it was listed */
    size_t length = path->length;
    text_addf(path, "/%s", name);
    if (path->overflow) {
        tree->cut = true;
        return;
    }
    add_looks(tree, path->bytes, &link);
    target = link;
    if (S_ISLNK(link.st_mode) && fstatat(directory, name, &target, 0) == 0)
        add_looks(tree, path->bytes, &target);
    if (S_ISDIR(target.st_mode) && strcmp(name, ".git") != 0 && !trail_has(trail, &target))
        walk_directory(tree, path, &target, trail);
    path->bytes[path->length = length] = '\0';
}

static void walk_directory(struct watch_tree *tree, struct text *path, const struct stat *found,
                           const struct trail *above)
{
    struct trail trail = {.above = above,
                          .device = found->st_dev,
                          .inode = found->st_ino,
                          .depth = above ? above->depth + 1 : 0};
    add_directory(tree, path->bytes, found);
    if (trail.depth >= WATCH_DEPTH_MAX) {
        tree->cut = true;
        return;
    }
    DIR *stream = opendir(path->bytes);
    if (!stream) return; /* the reader of the manifests tells why it cannot be read */
    struct dirent *entry;
    while (!tree->cut && (entry = readdir(stream))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (++tree->entries > WATCH_ENTRIES_MAX)
            tree->cut = true;
        else
            walk_entry(tree, path, dirfd(stream), entry->d_name, &trail);
    }
    closedir(stream);
}

static int by_path(const void *a, const void *b)
{
    const struct watch_directory *left = a, *right = b;
    return strcmp(left->path, right->path);
}

void watch_tree_walk(struct watch_tree *tree, const char *root, bool root_only)
{
    *tree = (struct watch_tree){0};
    struct stat found;
    if (stat(root, &found) != 0 || !S_ISDIR(found.st_mode)) return;
    tree->exists = true;
    tree->device = found.st_dev;
    tree->inode = found.st_ino;
    if (root_only) return;
    struct text path;
    text_init(&path, PATH_TEXT_MAX);
    text_add(&path, root);
    add_looks(tree, "", &found);
    walk_directory(tree, &path, &found, NULL);
    text_release(&path);
    qsort(tree->directories, tree->count, sizeof *tree->directories, by_path);
}

void watch_tree_release(struct watch_tree *tree)
{
    arena_release(&tree->arena);
    memory_free(tree->directories);
    *tree = (struct watch_tree){0};
}
