#ifndef SETPOINT_MANIFESTS_LOAD_H
#define SETPOINT_MANIFESTS_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "manifests/mistakes.h"
#include "manifests/tree.h"
#include "reconcile/event.h"

/* Files as bytes: the only part of manifests/ that touches the disk. (The readers of whole sources are in
   reading.h.)

   A directory is walked in sorted order. Below a source everything is followed that stays below it:
   openat2(2) with RESOLVE_BENEATH, so that no race lets a link out; absolute links are refused with it. Each
   file and directory is read once, however many links lead to it. Names that begin with a dot are skipped.
   Nothing but regular files is ever opened for reading, so that a FIFO cannot block and a device is not
   touched. What cannot be read is a mistake: a manifest that silently drops out would look like a wish to
   delete. */

enum {
    LOAD_FILES_MAX = 250000,   /* more than one file per object of the largest daemon is a mistake */
    LOAD_BYTES_MAX = 512 << 20 /* of one source; 200,000 objects written out are 150 MB */
};

/* What tells two versions of a file apart. */
struct load_stamp {
    uint64_t device, inode, size;
    int64_t mtime_ns, ctime_ns;
};

enum load_depth {
    LOAD_DEEP, /* a source: everything below, nothing outside */
    LOAD_FLAT  /* the operator's directory: right in it, links lead where they lead */
};

struct load_root {
    int fd; /* -1 when it could not be opened */
    const char *shown;
    enum load_depth depth;
    const struct source_config *source; /* what its Instances may do; NULL = not known */
};

struct load_file {
    struct origin origin; /* origin.file is this */
    const struct load_root *root;
    const char *relative; /* below the root */
    char *bytes;          /* memory.h; the reader may free it early and set NULL */
    size_t size;
    uint8_t digest[32]; /* SHA-256 of the bytes */
    struct load_stamp stamp;
    uint32_t order; /* of the walk */
};

/* All that was loaded for one reading. */
struct load {
    struct arena arena; /* names, roots, files */
    struct load_root **roots;
    uint32_t root_count, root_room;
    struct load_file **files; /* in the order of the walk */
    uint32_t count, room;
    uint64_t bytes;
    struct mistakes *mistakes;
    bool missing; /* a root is not there, or cannot be opened */
};

void load_init(struct load *load, struct mistakes *mistakes);
void load_release(struct load *load);
/* `shown` is how the directory is called in positions. A directory that changes while it is read is read
   again, three times at most. */
void load_directory(struct load *load, const char *shown, enum load_depth depth,
                    const struct source_config *source);
/* One file, whatever its name; `root` is the directory that bounds what it may refer to. */
void load_single(struct load *load, const char *shown, const char *root, const struct source_config *source);

/* A file named in a manifest, relative to it and below its root. The bytes are in memory.h's memory. `err`
   says what is wrong and what would be right, without a position. */
bool load_beside(const struct load_file *from, const char *path, size_t size_max, char **out_bytes,
                 size_t *out_size, struct error *err);

/* A file of the operator's, anywhere. *out_exposed (or NULL): every user may read it. ENOENT is not an error
   when `optional`: *out_bytes is NULL. */
bool load_plain(const char *path, size_t size_max, bool optional, char **out_bytes, size_t *out_size,
                bool *out_exposed, struct error *err);

void load_wipe(char *bytes, size_t size); /* of what held secrets */

bool load_is_directory(const char *path);
/* Whether `directory` is `path` or above it, links resolved; the length of the real directory in *out_depth,
   so that the nearest can be chosen. */
bool load_is_below(const char *path, const char *directory, size_t *out_depth);

#endif
