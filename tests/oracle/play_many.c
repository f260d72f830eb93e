#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reconcile/base/cleanup.h"
#include "tests/golden/transcript.h"

/* play_many: reads cases in the language of tests/golden from standard input, each behind a line "=== NAME",
   and plays them one after another in this process. Of each it prints that line, and what comes of it. */

enum { OUT_MAX = 64 << 20 };

static bool is_head(const char *line)
{
    return strncmp(line, "=== ", 4) == 0;
}

/* In a directory of its own, which is gone behind it. */
static void play(const char *head, const char *text)
{
    char directory[] = "play-XXXXXX";
    AUTO_TEXT struct text out;
    text_init(&out, OUT_MAX);
    printf("%s", head);
    fflush(stdout); /* whoever reads this knows which one it was, should it end here */
    if (!mkdtemp(directory) || chdir(directory) != 0) exit(2);
    transcribe(text, false, &out);
    if (chdir("..") != 0) exit(2);
    directory_remove(directory);
    printf("%s", out.bytes ? out.bytes : "");
}

int main(void)
{
    const char *top = getenv("TMPDIR");
    AUTO_TEXT struct text text, head;
    char *line = NULL;
    size_t room = 0;
    text_init(&text, OUT_MAX);
    text_init(&head, 4096);
    if (chdir(top ? top : "/tmp") != 0) return 2;
    while (getline(&line, &room, stdin) >= 0) {
        if (!is_head(line)) {
            text_add(&text, line);
            continue;
        }
        if (head.length > 0) play(head.bytes, text.bytes ? text.bytes : "");
        text_clear(&text);
        text_clear(&head);
        text_add(&head, line);
    }
    free(line);
    if (head.length > 0) play(head.bytes, text.bytes ? text.bytes : "");
    return fflush(stdout) == 0 ? 0 : 1;
}
