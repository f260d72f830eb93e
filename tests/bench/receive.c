/* What a no-change poll cannot do without: the pages are received over one connection and copied (`copy`),
   or, as most clients do, also made a tree of by cJSON and looked through (`cjson`). One mode per process: a
   freed tree is paid for by whoever allocates next. Prints the CPU time of one pass over all URLs (the median
   of PASSES) and the bytes of it.

   receive copy|cjson PASSES TOKEN URL... */
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PASSES_MAX = 1000, HEADER_SIZE = 4096, BUFFER_BYTES = 512 << 10 };

struct page {
    char *bytes;
    size_t size, room;
};

static size_t on_bytes(char *bytes, size_t one, size_t count, void *ctx)
{
    struct page *page = ctx;
    (void)one;
    if (page->size + count + 1 > page->room) {
        size_t room = (page->size + count + 1) * 2;
        char *grown = realloc(page->bytes, room);
        if (!grown) return 0;
        page->bytes = grown;
        page->room = room;
    }
    memcpy(page->bytes + page->size, bytes, count);
    page->size += count;
    page->bytes[page->size] = '\0';
    return count;
}

static uint64_t mixed(uint64_t sum, const cJSON *value)
{
    if (cJSON_IsString(value))
        return sum * 31 + strlen(value->valuestring) + (unsigned char)value->valuestring[0];
    if (!cJSON_IsObject(value)) return sum;
    for (const cJSON *child = value->child; child; child = child->next)
        sum = mixed(sum, child);
    return sum;
}

/* Looks at what a reconciler compares. */
static uint64_t tree_pass(const char *bytes)
{
    static const char *const keys[] = {"id", "name", "status", "flavor", "metadata"};
    uint64_t sum = 0;
    cJSON *json = cJSON_Parse(bytes);
    const cJSON *server;
    cJSON_ArrayForEach(server, cJSON_GetObjectItemCaseSensitive(
                                   json, "servers")) for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        sum = mixed(sum, cJSON_GetObjectItemCaseSensitive(server, keys[i]));
    cJSON_Delete(json);
    return sum;
}

static int64_t cpu_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool receive(CURL *curl, struct page *page, const char *url)
{
    long status = 0;
    page->size = 0;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status == 200) return true;
    fprintf(stderr, "receive: %s: %s, status %ld\n", url, curl_easy_strerror(code), status);
    return false;
}

static CURL *curl_make(struct page *page, const char *token, struct curl_slist **out_headers)
{
    char header[HEADER_SIZE];
    CURL *curl = curl_easy_init();
    snprintf(header, sizeof header, "X-Auth-Token: %s", token);
    *out_headers = curl_slist_append(NULL, header);
    if (!curl || !*out_headers) return NULL;
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *out_headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, page);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
    return curl;
}

static int number_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static int64_t took_ns[PASSES_MAX];
    int passes = argc > 4 ? (int)strtol(argv[2], NULL, 10) : 0;
    if (passes < 1 || passes > PASSES_MAX) {
        fprintf(stderr, "usage: receive copy|cjson PASSES TOKEN URL...\n");
        return 64;
    }
    bool tree = strcmp(argv[1], "cjson") == 0;
    struct page page = {0};
    struct curl_slist *headers = NULL;
    CURL *curl = curl_make(&page, argv[3], &headers);
    if (!curl) return 1;
    size_t bytes = 0;
    volatile uint64_t sum = 0;
    for (int pass = -1; pass < passes; pass++) { /* the first connects and warms up */
        int64_t from_ns = cpu_ns();
        bytes = 0;
        for (int i = 4; i < argc; i++) {
            if (!receive(curl, &page, argv[i])) return 1;
            bytes += page.size;
            if (tree) sum += tree_pass(page.bytes);
        }
        if (pass >= 0) took_ns[pass] = cpu_ns() - from_ns;
    }
    qsort(took_ns, (size_t)passes, sizeof *took_ns, number_compare);
    printf("%lld %zu\n", (long long)took_ns[passes / 2], bytes);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    free(page.bytes);
    return 0;
}
