#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reconcile/base/memory.h"
#include "tests/golden/cover.h"
#include "tests/golden/diff.h"
#include "tests/golden/play.h"
#include "tests/golden/transcript.h"

/* golden_test [FILE…]: plays cases and compares what comes out with what the file expects. A case is a text
   of lines: what happens (see act.c), and below each line what must come of it: "> " calls sent, "= " what is
   shown, "< " answers to commands, "! " history. Nothing here writes a case: people do. Each runs in a
   process of its own, so that a failed assertion is one failed case. Without FILE: all of cases/, and what
   they must contain together. */

enum { CASE_BYTES = 1 << 20, CASES_MIN = 60 };

static char *file_read(const char *path)
{
    FILE *file = fopen(path, "r");
    char *bytes = memory_zero(CASE_BYTES + 1);
    size_t size = file ? fread(bytes, 1, CASE_BYTES, file) : 0;
    bytes[size] = '\0';
    if (!file || size == CASE_BYTES) fprintf(stderr, "golden: cannot read %s\n", path);
    if (file) fclose(file);
    return bytes;
}

/* In a directory of its own below TMPDIR, in a child. The transcript comes back through `transcript`. */
static void child(const char *text, const char *directory, const char *transcript)
{
    struct text out;
    text_init(&out, CASE_BYTES);
    if (chdir(directory) != 0) exit(2);
    transcribe(text, true, &out);
    FILE *file = fopen(transcript, "w");
    if (!file || (out.length > 0 && fwrite(out.bytes, 1, out.length, file) != out.length) ||
        fclose(file) != 0)
        exit(2);
    text_release(&out);
    exit(0);
}

static char *play_case(const char *text, int *out_status)
{
    char directory[] = "/tmp/golden-XXXXXX", transcript[64];
    if (!mkdtemp(directory)) exit(2);
    snprintf(transcript, sizeof transcript, "%s/transcript", directory);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) child(text, directory, transcript);
    if (pid < 0 || waitpid(pid, out_status, 0) != pid) exit(2);
    char *actual = *out_status == 0 ? file_read(transcript) : memory_copy_text("");
    directory_remove(directory);
    return actual;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool run(unsigned number, const char *path, bool cover)
{
    char *expected = file_read(path);
    int status = 0;
    char *actual = play_case(expected, &status);
    bool named = strncmp(expected, "# ", 2) == 0;
    bool good = status == 0 && named && strcmp(expected, actual) == 0;
    const char *twin = good && cover ? cover_note(name_of(path), expected) : NULL;
    printf("%s %u - %s %.*s\n", good && !twin ? "ok" : "not ok", number, name_of(path),
           (int)strcspn(expected, "\n") - (named ? 2 : 0), expected + (named ? 2 : 0));
    if (status != 0)
        printf("# the play ended by %s %d\n", WIFSIGNALED(status) ? "signal" : "status",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    if (!named) printf("# the first line must name the rule: # S3: …\n");
    if (twin) printf("# shows the same set of (call, reason) as %s\n", twin);
    if (status == 0 && !good) diff_print(expected, actual, "# ");
    memory_free(expected);
    memory_free(actual);
    return good && !twin;
}

static int is_case(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".txt") == 0;
}

static bool run_all(const char *directory)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_case, alphasort);
    bool good = true;
    unsigned number = 1;
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX + NAME_MAX + 2];
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        good &= run(number++, path, true);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    number = cover_report(number, &good);
    bool enough = count >= CASES_MIN;
    printf("%s %u - there are at least %d cases\n", enough ? "ok" : "not ok", number, CASES_MIN);
    printf("1..%u\n# count: %d golden cases\n", number, count);
    return good && enough;
}

int main(int argc, char **argv)
{
    const char *top = getenv("SETPOINT_SOURCE_DIR");
    char directory[PATH_MAX];
    bool good = true;
    snprintf(directory, sizeof directory, "%s/tests/golden/cases", top ? top : ".");
    if (argc < 2) return run_all(directory) ? 0 : 1;
    for (int i = 1; i < argc; i++)
        good &= run((unsigned)i, argv[i], false);
    printf("1..%d\n", argc - 1);
    return good ? 0 : 1;
}
