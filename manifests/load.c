#include "manifests/load.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/base/hash.h"
#include "reconcile/base/limits.h"

enum {
    LOAD_ATTEMPTS = 3, /* at a directory that changes meanwhile; the watcher comes back anyway */
    DEPTH_MAX = 16     /* of directories */
};

static void cleanup_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
}
static void cleanup_directory(DIR **directory)
{
    if (*directory) closedir(*directory);
}
#define AUTO_FD        __attribute__((cleanup(cleanup_fd)))
#define AUTO_DIRECTORY __attribute__((cleanup(cleanup_directory)))

void load_init(struct load *load, struct mistakes *mistakes)
{
    *load = (struct load){.mistakes = mistakes};
    arena_init(&load->arena);
}

static void file_free(struct load *load, struct load_file *file)
{
    load->bytes -= file->size;
    memory_free(TAKE(file->bytes));
}

static void load_clear(struct load *load, uint32_t from)
{
    while (load->count > from)
        file_free(load, load->files[--load->count]);
}

void load_release(struct load *load)
{
    load_clear(load, 0);
    memory_free(load->files);
    for (uint32_t i = 0; i < load->root_count; i++)
        cleanup_fd(&load->roots[i]->fd);
    memory_free(load->roots);
    arena_release(&load->arena);
}

static const char *reason(int error)
{
    const char *text = strerrordesc_np(error);
    return text ? text : "unknown error";
}

static struct load_stamp stamp_of(const struct stat *status)
{
    return (struct load_stamp){
        .device = status->st_dev,
        .inode = status->st_ino,
        .size = (uint64_t)status->st_size,
        .mtime_ns = status->st_mtim.tv_sec * INT64_C(1000000000) + status->st_mtim.tv_nsec,
        .ctime_ns = status->st_ctim.tv_sec * INT64_C(1000000000) + status->st_ctim.tv_nsec,
    };
}

static bool stamp_equal(const struct load_stamp *a, const struct load_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static int open_below(int root, const char *relative, int flags, bool beneath)
{
    struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC), .resolve = beneath ? RESOLVE_BENEATH : 0};
    long fd;
    do
        fd = syscall(SYS_openat2, root, relative, &how, sizeof how);
    while (fd < 0 && errno == EAGAIN); /* a rename raced with the look-up */
    return (int)fd;
}

static const char *type_title(mode_t mode)
{
    if (S_ISFIFO(mode)) return "a FIFO";
    if (S_ISSOCK(mode)) return "a socket";
    if (S_ISDIR(mode)) return "a directory";
    return S_ISREG(mode) ? "a file" : "a device";
}

/* Why a path could not be opened. `link`: it is a symbolic link. */
static bool open_failed(int error, bool link, struct error *err)
{
    if (error == ENOENT && link)
        return error_set(err, ERROR_INPUT,
                         "a link to something that does not exist; remove it, or put its target back");
    if (error == ENOENT) return error_set(err, ERROR_INPUT, "does not exist; create it, or correct the path");
    if (error == EXDEV)
        return error_set(err, ERROR_INPUT,
                         "leads out of the source's directory (or by an absolute link); keep it below");
    if (error == ELOOP) return error_set(err, ERROR_INPUT, "a link that leads to itself; remove it");
    if (error == EACCES || error == EPERM)
        return error_set(err, ERROR_INPUT, "cannot be read: %s; let the user that reads it do so",
                         reason(error));
    return error_set(err, ERROR_SYSTEM, "cannot be read: %s; see that the path is a readable file",
                     reason(error));
}

static bool read_whole(int fd, size_t size, char **out, struct error *err)
{
    AUTO_FREE char *bytes = memory_alloc(size + 1);
    size_t at = 0;
    while (at < size) {
        ssize_t got = read(fd, bytes + at, size - at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return error_set(err, ERROR_SYSTEM, "cannot be read: %s; check the disk", reason(errno));
        if (got == 0) return error_set(err, ERROR_SYSTEM, "became shorter while it was read; read it again");
        at += (size_t)got;
    }
    bytes[size] = '\0';
    *out = TAKE(bytes);
    return true;
}

/* Looked at through O_PATH first: opening a FIFO or a device for reading may block or act. */
static bool file_read(int root, const char *path, bool beneath, size_t size_max, char **out_bytes,
                      struct stat *out_status, struct error *err)
{
    struct stat status;
    bool link = fstatat(root, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
    AUTO_FD int seen = open_below(root, path, O_PATH, beneath);
    if (seen < 0 || fstat(seen, out_status) != 0) return open_failed(errno, link, err);
    if (!S_ISREG(out_status->st_mode))
        return error_set(err, ERROR_INPUT, "is %s; it must be a regular file",
                         type_title(out_status->st_mode));
    AUTO_FD int fd = open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, beneath);
    if (fd < 0 || fstat(fd, out_status) != 0) return open_failed(errno, link, err);
    if ((uint64_t)out_status->st_size > size_max)
        return error_set(err, ERROR_LIMIT, "has %lld bytes; at most %zu are read",
                         (long long)out_status->st_size, size_max);
    return read_whole(fd, (size_t)out_status->st_size, out_bytes, err);
}

/* What one walk found: manifests by name, and the directories they are in. */
struct entry {
    const char *relative;
    struct load_stamp stamp;
};

struct walk {
    struct arena *arena;
    const struct load_root *root;
    struct mistakes *mistakes;
    struct entry *entries;
    uint32_t count, room;
    struct load_stamp *directories;
    uint32_t directory_count, directory_room;
    bool missing; /* the root itself cannot be read */
};

static void walk_release(struct walk *walk)
{
    memory_free(walk->entries);
    memory_free(walk->directories);
}

static struct position shown_below(struct arena *arena, const struct load_root *root, const char *relative)
{
    size_t length = strlen(root->shown);
    const char *slash = length && root->shown[length - 1] == '/' ? "" : "/";
    if (!*relative) return (struct position){root->shown, 0, 0};
    return (struct position){arena_printf(arena, "%s%s%s", root->shown, slash, relative), 0, 0};
}

static void walk_mistake(struct walk *walk, const char *relative, const char *text)
{
    mistakes_add(walk->mistakes, shown_below(walk->arena, walk->root, relative), "%s", text);
}

static bool is_manifest_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static void walk_directory(struct walk *walk, const char *relative, unsigned depth);

/* A link: what it leads to, or a mistake. A link outside that is neither a directory nor named like a
   manifest is nobody's business. */
static bool walk_link(struct walk *walk, int directory, const char *name, const char *relative,
                      struct stat *out)
{
    bool beneath = walk->root->depth == LOAD_DEEP;
    AUTO_FD int fd = open_below(walk->root->fd, relative, O_PATH, beneath);
    if (fd >= 0 && fstat(fd, out) == 0) return true;
    struct error err;
    int failure = errno;
    bool concerns =
        is_manifest_name(name) ||
        (beneath && (failure != EXDEV || (fstatat(directory, name, out, 0) == 0 && S_ISDIR(out->st_mode))));
    open_failed(failure, true, &err);
    if (concerns) walk_mistake(walk, relative, err.text);
    return false;
}

static void walk_name(struct walk *walk, int directory, const char *relative, const char *name,
                      unsigned depth)
{
    struct stat status;
    const char *below =
        *relative ? arena_printf(walk->arena, "%s/%s", relative, name) : arena_text(walk->arena, name);
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return; /* gone again: the next walk differs */
    if (S_ISLNK(status.st_mode) && !walk_link(walk, directory, name, below, &status)) return;
    if (S_ISDIR(status.st_mode)) {
        if (walk->root->depth == LOAD_DEEP) walk_directory(walk, below, depth + 1);
        return;
    }
    if (!is_manifest_name(name)) return;
    ROW_RESERVE(walk->entries, walk->count, walk->room);
    walk->entries[walk->count++] = (struct entry){below, stamp_of(&status)};
}

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_visited(struct walk *walk, int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0) return true;
    for (uint32_t i = 0; i < walk->directory_count; i++)
        if (walk->directories[i].inode == status.st_ino && walk->directories[i].device == status.st_dev)
            return true;
    ROW_RESERVE(walk->directories, walk->directory_count, walk->directory_room);
    walk->directories[walk->directory_count++] = stamp_of(&status);
    return false;
}

static void walk_names(struct walk *walk, DIR *directory, const char *relative, unsigned depth)
{
    AUTO_FREE const char **names = NULL;
    uint32_t count = 0, room = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        ROW_RESERVE(names, count, room);
        names[count++] = arena_text(walk->arena, entry->d_name);
    }
    if (count) qsort(names, count, sizeof *names, name_compare);
    for (uint32_t i = 0; i < count && walk->count <= LOAD_FILES_MAX; i++)
        walk_name(walk, dirfd(directory), relative, names[i], depth);
}

static void walk_directory(struct walk *walk, const char *relative, unsigned depth)
{
    struct error err;
    if (depth > DEPTH_MAX) {
        walk_mistake(walk, relative, "directories nested more than 16 deep; move it up");
        return;
    }
    AUTO_FD int fd = open_below(walk->root->fd, *relative ? relative : ".", O_RDONLY | O_DIRECTORY,
                                walk->root->depth == LOAD_DEEP);
    AUTO_DIRECTORY DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (!directory) {
        open_failed(errno, false, &err);
        walk_mistake(walk, relative, err.text);
        if (!*relative) walk->missing = true;
        return;
    }
    fd = -1; /* the stream closes it */
    if (!is_visited(walk, dirfd(directory))) walk_names(walk, directory, relative, depth);
}

static bool walk_equal(const struct walk *a, const struct walk *b)
{
    if (a->count != b->count || a->directory_count != b->directory_count) return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (strcmp(a->entries[i].relative, b->entries[i].relative) != 0 ||
            !stamp_equal(&a->entries[i].stamp, &b->entries[i].stamp))
            return false;
    return true;
}

static struct load_root *root_open(struct load *load, const char *shown, const char *path,
                                   enum load_depth depth, const struct source_config *source)
{
    struct load_root *root = ARENA_NEW(&load->arena, struct load_root);
    *root = (struct load_root){open(path, O_PATH | O_DIRECTORY | O_CLOEXEC), arena_text(&load->arena, shown),
                               depth, source};
    if (root->fd < 0) {
        struct error err;
        int failure = errno;
        load->missing = true;
        open_failed(failure, false, &err);
        mistakes_add(load->mistakes, (struct position){root->shown, 0, 0}, "%s",
                     failure == ENOTDIR ? "is no directory; name the directory that holds the files"
                                        : err.text);
        return NULL;
    }
    ROW_RESERVE(load->roots, load->root_count, load->root_room);
    return load->roots[load->root_count++] = root;
}

static void load_add(struct load *load, const struct load_root *root, const char *relative, const char *shown)
{
    struct stat status;
    struct error err;
    struct load_file *file = ARENA_NEW(&load->arena, struct load_file);
    file->origin = (struct origin){shown, file};
    file->root = root;
    file->relative = relative;
    if (!file_read(root->fd, relative, root->depth == LOAD_DEEP, LIMIT_MANIFEST_BYTES, &file->bytes, &status,
                   &err)) {
        mistakes_add(load->mistakes, (struct position){shown, 0, 0}, "%s%s", err.text,
                     err.kind == ERROR_LIMIT ? "; split the file" : "");
        return;
    }
    file->size = (size_t)status.st_size;
    file->stamp = stamp_of(&status);
    hash_sha256(file->bytes, file->size, file->digest);
    load->bytes += file->size;
    ROW_RESERVE(load->files, load->count, load->room);
    load->files[load->count++] = file;
}

static int file_compare(const void *left, const void *right)
{
    const struct load_file *const *a = left, *const *b = right;
    const struct load_stamp *x = &(*a)->stamp, *y = &(*b)->stamp;
    if (x->device != y->device) return x->device < y->device ? -1 : 1;
    if (x->inode != y->inode) return x->inode < y->inode ? -1 : 1;
    return (*a)->order < (*b)->order ? -1 : (*a)->order > (*b)->order;
}

static int order_compare(const void *left, const void *right)
{
    const struct load_file *const *a = left, *const *b = right;
    return (*a)->order < (*b)->order ? -1 : (*a)->order > (*b)->order;
}

/* Keeps the first of the files that are one and the same on the disk. */
static void load_drop_twins(struct load *load)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < load->count; i++)
        load->files[i]->order = i;
    if (load->count) qsort(load->files, load->count, sizeof *load->files, file_compare);
    for (uint32_t i = 0; i < load->count; i++) {
        struct load_file *file = load->files[i];
        const struct load_file *last = kept ? load->files[kept - 1] : NULL;
        bool twin =
            last && last->stamp.device == file->stamp.device && last->stamp.inode == file->stamp.inode;
        if (twin)
            file_free(load, file);
        else
            load->files[kept++] = file;
    }
    load->count = kept;
    if (kept) qsort(load->files, kept, sizeof *load->files, order_compare);
}

static void load_entries(struct load *load, const struct walk *walk)
{
    for (uint32_t i = 0; i < walk->count; i++) {
        struct position at = shown_below(&load->arena, walk->root, walk->entries[i].relative);
        if (load->bytes + walk->entries[i].stamp.size > LOAD_BYTES_MAX || i == LOAD_FILES_MAX) {
            mistakes_add(load->mistakes, at,
                         "more than %d files or %d bytes in one source; divide it into several",
                         LOAD_FILES_MAX, LOAD_BYTES_MAX);
            return;
        }
        load_add(load, walk->root, walk->entries[i].relative, at.file);
    }
}

/* False when the directory changed between the walk before and the walk behind the reading. */
static bool load_attempt(struct load *load, const struct load_root *root)
{
    struct mistakes unheard = {0};
    struct walk before = {.arena = &load->arena, .root = root, .mistakes = load->mistakes};
    struct walk behind = {.arena = &load->arena, .root = root, .mistakes = &unheard};
    walk_directory(&before, "", 0);
    load_entries(load, &before);
    walk_directory(&behind, "", 0);
    bool same = walk_equal(&before, &behind);
    load->missing = load->missing || before.missing;
    walk_release(&before);
    walk_release(&behind);
    mistakes_release(&unheard);
    return same;
}

void load_directory(struct load *load, const char *shown, enum load_depth depth,
                    const struct source_config *source)
{
    const struct load_root *root = root_open(load, shown, shown, depth, source);
    uint32_t files = load->count, mistakes = load->mistakes->count, dropped = load->mistakes->dropped;
    if (!root) return;
    for (unsigned attempt = 0; attempt < LOAD_ATTEMPTS; attempt++) {
        load_clear(load, files);
        load->mistakes->count = mistakes;
        load->mistakes->dropped = dropped;
        if (!load_attempt(load, root)) continue;
        load_drop_twins(load);
        return;
    }
    load_clear(load, files);
    mistakes_add(load->mistakes, (struct position){root->shown, 0, 0},
                 "changes while it is read; wait until nobody writes to it");
}

static bool is_below(const char *path, const char *root, size_t root_length)
{
    if (strncmp(path, root, root_length) != 0) return false;
    return root[root_length - 1] == '/' || path[root_length] == '/';
}

void load_single(struct load *load, const char *shown, const char *root, const struct source_config *source)
{
    char real[PATH_MAX], real_root[PATH_MAX];
    struct stat status;
    struct error err;
    if (!realpath(shown, real) || !realpath(root, real_root)) {
        int failure = errno;
        open_failed(failure, lstat(shown, &status) == 0 && S_ISLNK(status.st_mode), &err);
        mistakes_add(load->mistakes, (struct position){shown, 0, 0}, "%s", err.text);
        return;
    }
    size_t length = strlen(real_root);
    if (!is_below(real, real_root, length)) {
        open_failed(EXDEV, true, &err);
        mistakes_add(load->mistakes, (struct position){shown, 0, 0}, "%s", err.text);
        return;
    }
    const struct load_root *opened = root_open(load, root, real_root, LOAD_DEEP, source);
    if (!opened) return;
    const char *relative = real + length + (real_root[length - 1] != '/');
    load_add(load, opened, arena_text(&load->arena, relative), arena_text(&load->arena, shown));
    load_drop_twins(load);
}

bool load_beside(const struct load_file *from, const char *path, size_t size_max, char **out_bytes,
                 size_t *out_size, struct error *err)
{
    struct arena arena __attribute__((cleanup(arena_release))) = {0};
    struct stat status;
    const char *slash = strrchr(from->relative, '/');
    int directory = slash ? (int)(slash - from->relative) + 1 : 0;
    const char *relative = arena_printf(&arena, "%.*s%s", directory, from->relative, path);
    if (!file_read(from->root->fd, relative, true, size_max, out_bytes, &status, err)) return false;
    *out_size = (size_t)status.st_size;
    return true;
}

bool load_plain(const char *path, size_t size_max, bool optional, char **out_bytes, size_t *out_size,
                bool *out_exposed, struct error *err)
{
    struct stat status;
    *out_bytes = NULL;
    if (optional && access(path, F_OK) != 0 && errno == ENOENT) return true;
    if (!file_read(AT_FDCWD, path, false, size_max, out_bytes, &status, err)) return false;
    *out_size = (size_t)status.st_size;
    if (out_exposed) *out_exposed = status.st_mode & S_IROTH;
    return true;
}

void load_wipe(char *bytes, size_t size)
{
    explicit_bzero(bytes, size);
}

bool load_is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool load_is_below(const char *path, const char *directory, size_t *out_depth)
{
    char real[PATH_MAX], above[PATH_MAX];
    if (!realpath(path, real) || !realpath(directory, above)) return false;
    size_t length = strcmp(above, "/") == 0 ? 0 : strlen(above);
    if (strncmp(real, above, length) != 0 || (real[length] && real[length] != '/')) return false;
    *out_depth = length;
    return true;
}
