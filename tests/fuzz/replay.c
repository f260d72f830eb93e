/* The target without libFuzzer: runs it once over each file of its corpus, in processes of their own, and
   prints TAP. The corpus is the folder corpus/TARGET of the sources, or what the arguments name. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 1 << 20, PATH_SIZE = 4096, PATIENCE_S = 60 };

static bool input_read(const char *path, uint8_t **out, size_t *out_size)
{
    FILE *stream = fopen(path, "rb");
    if (!stream) return false;
    uint8_t *bytes = malloc(INPUT_MAX);
    size_t size = bytes ? fread(bytes, 1, INPUT_MAX, stream) : 0;
    bool whole = bytes && feof(stream) && !ferror(stream);
    fclose(stream);
    /* exactly as long as the input: a sanitizer sees what is read beyond it */
    *out = whole ? malloc(size ? size : 1) : NULL;
    if (*out) memcpy(*out, bytes, size);
    *out_size = size;
    free(bytes);
    return *out;
}

static bool replay(const char *path)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        uint8_t *bytes;
        size_t size;
        alarm(PATIENCE_S);
        if (!input_read(path, &bytes, &size)) _exit(1);
        LLVMFuzzerTestOneInput(bytes, size);
        free(bytes);
        exit(0); /* with the leak check of a sanitizer */
    }
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static unsigned replay_folder(const char *folder, unsigned *failed)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, visible, by_name);
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        int length = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        bool good = length < (int)sizeof path && replay(path);
        *failed += !good;
        printf("%s %d - %s\n", good ? "ok" : "not ok", i + 1, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return count < 0 ? 0 : (unsigned)count;
}

static int replay_files(char **paths, int count)
{
    unsigned failed = 0;
    for (int i = 0; i < count; i++) {
        bool good = replay(paths[i]);
        failed += !good;
        printf("%s %d - %s\n", good ? "ok" : "not ok", i + 1, paths[i]);
    }
    printf("1..%d\n", count);
    return failed != 0;
}

int main(int argc, char **argv)
{
    char folder[PATH_SIZE];
    unsigned failed = 0;
    if (argc > 1) return replay_files(argv + 1, argc - 1);
    const char *source = getenv("SETPOINT_SOURCE_DIR"), *slash = strrchr(argv[0], '/');
    snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", source ? source : ".",
             slash ? slash + 1 : argv[0]);
    unsigned count = replay_folder(folder, &failed);
    printf("%s %u - %s holds a corpus\n", count > 0 ? "ok" : "not ok", count + 1, folder);
    printf("1..%u\n# count: %u corpus files\n", count + 1, count);
    return failed != 0 || count == 0;
}
