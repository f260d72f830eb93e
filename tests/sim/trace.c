#include "tests/sim/trace.h"

#include <stdarg.h>
#include <string.h>

#include "tests/sim/grow.h"

void trace_release(struct trace *trace)
{
    for (unsigned i = 0; i < TRACE_TURNS; i++)
        free(trace->lines[i]);
    *trace = (struct trace){0};
}

void trace_mix(struct trace *trace, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    uint64_t hash = trace->hash ? trace->hash : UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    trace->hash = hash;
}

void trace_mix_text(struct trace *trace, const char *text)
{
    trace_mix(trace, text ? text : "\1", text ? strlen(text) + 1 : 1);
}

void trace_say(struct trace *trace, const char *format, ...)
{
    if (!trace->words) return;
    unsigned at = (unsigned)(trace->turns % TRACE_TURNS);
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (written < 0) return;
    if (trace->aloud) {
        printf("# %s\n", line);
        return;
    }
    size_t size = strlen(line), need = trace->sizes[at] + size + 2;
    if (need > trace->rooms[at]) {
        trace->rooms[at] = need * 2;
        trace->lines[at] = grow_to(trace->lines[at], trace->rooms[at]);
    }
    memcpy(trace->lines[at] + trace->sizes[at], line, size);
    memcpy(trace->lines[at] + trace->sizes[at] + size, "\n", 2);
    trace->sizes[at] += size + 1;
}

void trace_turn(struct trace *trace)
{
    trace->turns++;
    trace->sizes[trace->turns % TRACE_TURNS] = 0;
}

static void print_lines(const char *lines, size_t size, FILE *out)
{
    for (const char *at = lines, *end = lines + size; at < end;) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)(line_end - at);
        fprintf(out, "#   %.*s\n", (int)length, at);
        at = line_end + 1;
    }
}

void trace_print(const struct trace *trace, FILE *out)
{
    uint64_t first = trace->turns >= TRACE_TURNS ? trace->turns - TRACE_TURNS + 1 : 0;
    for (uint64_t turn = first; turn <= trace->turns; turn++) {
        unsigned at = (unsigned)(turn % TRACE_TURNS);
        if (trace->sizes[at] == 0) continue;
        fprintf(out, "# turn %llu\n", (unsigned long long)turn);
        print_lines(trace->lines[at], trace->sizes[at], out);
    }
}
