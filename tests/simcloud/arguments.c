#include "arguments.h"

#include "tests/cloud/memory.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef PACKAGE_VERSION
#define SIMCLOUD_VERSION PACKAGE_VERSION
#else
#define SIMCLOUD_VERSION "0"
#endif

enum { EXIT_USAGE = 64 };

static const char usage[] =
    "Usage: setpoint-simcloud [OPTION]...\n"
    "A simulated cloud over HTTP: Keystone, Nova, Glance, Neutron and Cinder below /identity, /compute, "
    "/image,\n"
    "/network and /volume of one port, and an admin API below /admin.\n"
    "\n"
    "  --listen HOST:PORT      where (default 127.0.0.1:8774; port 0: one is chosen; [::1]:PORT)\n"
    "  --dialect DIALECT,...   nhn-v2 (default), openstack; both: these two; all. Each has the next port\n"
    "  --switch NAME=POSITION  what the documents leave open; a wrong one lists those that there are\n"
    "  --build MIN-MAX         how long a build takes: 3s-8s, 500ms, 2m (default 2s-5s)\n"
    "  --action MIN-MAX        how long every other operation takes\n"
    "  --latency MIN-MAX       how long a reply takes (default 0)\n"
    "  --confirm-after TIME    when VERIFY_RESIZE confirms itself (nhn-v2: 2s; openstack: never)\n"
    "  --servers N             so many foreign servers are there from the start\n"
    "  --faults FILE           JSON array of faults, as for POST /admin/fault\n"
    "  --seed N                where chance begins (default 1)\n"
    "  --token-life TIME       how long a token lives (nhn-v2: 12h; openstack: 1h)\n"
    "  --quota-instances N     (default 1000)\n"
    "  --quota-cores N         (default 20000)\n"
    "  --rate N                more requests in a second get 429\n"
    "  --page-default N        length of a page without limit (nhn-v2: 100; openstack: 1000)\n"
    "  --no-page-links         no servers_links on a full page\n"
    "  --census FILE           at the end, a line for each operation that was served is added to it\n"
    "  --state DIR             the cloud is kept there: started again with the same options it is the same\n"
    "                          cloud, whose time went on\n"
    "  --client-pid PID        whom a kill fault without a number means\n"
    "  --tls CERT KEY          HTTPS with these PEM files\n"
    "  --help, --version\n"
    "\n"
    "When it is ready, one line of JSON on standard output says where. User demo, password demo-password,\n"
    "project 198edf20d74d4323b107426354c18627, region KR1 (openstack: RegionOne). SIGTERM ends it.\n";

/* 500ms, 3s, 2m, 12h; a bare number counts ms. Returns the rest of the text, NULL when there is no time. */
static const char *time_read(const char *text, int64_t *out_ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    char *end;
    double number = strtod(text, &end);

    if (end == text || number < 0 || number > 1e12) return NULL;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t length = strlen(units[i].unit);

        if (strncmp(end, units[i].unit, length) == 0) {
            *out_ms = (int64_t)(number * (double)units[i].ms);
            return end + length;
        }
    }
    *out_ms = (int64_t)number;
    return end;
}

static bool range_read(const char *text, struct cloud_range *out)
{
    const char *rest = time_read(text, &out->min_ms);

    if (!rest) return false;
    out->max_ms = out->min_ms;
    if (*rest == '-') rest = time_read(rest + 1, &out->max_ms);
    return rest && !*rest && out->max_ms >= out->min_ms;
}

static bool number_read(const char *text, uint64_t max, uint64_t *out)
{
    char *end;

    *out = strtoull(text, &end, 10);
    return end != text && !*end && *text != '-' && *out <= max;
}

static bool listen_read(struct arguments *arguments, const char *text)
{
    const char *colon = strrchr(text, ':');
    uint64_t port;

    if (!colon || (size_t)(colon - text) >= sizeof arguments->host || !number_read(colon + 1, 65535, &port))
        return false;
    size_t length = (size_t)(colon - text);
    bool bracketed = length > 2 && text[0] == '[' && colon[-1] == ']'; /* [::1]:8774 */
    memory_put(arguments->host, bracketed ? length - 1 : length + 1, bracketed ? text + 1 : text);
    if (strcmp(arguments->host, "localhost") == 0)
        memory_put(arguments->host, sizeof arguments->host, "127.0.0.1");
    arguments->port = (unsigned)port;
    return true;
}

static bool dialect_word(struct arguments *arguments, const char *word)
{
    bool all = strcmp(word, "all") == 0;
    bool both = strcmp(word, "both") == 0;
    bool found = false;

    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++) {
        if (!all && !(both && (i == CLOUD_NHN_V2 || i == CLOUD_OPENSTACK)) &&
            strcmp(word, cloud_dialect_name(i)) != 0)
            continue;
        arguments->dialects[i] = true;
        found = true;
    }
    return found;
}

static bool dialect_read(struct arguments *arguments, const char *text)
{
    char word[CLOUD_WORD_SIZE];
    bool good = true;

    memset(arguments->dialects, 0, sizeof arguments->dialects);
    do {
        size_t length = strcspn(text, ",");

        memory_put(word, length < sizeof word ? length + 1 : sizeof word, text);
        good = dialect_word(arguments, word) && good;
        text += length + (text[length] == ',');
    } while (*text);
    return good;
}

static bool switch_read(struct arguments *arguments, const char *text)
{
    const char *const *positions;
    const char *name;
    bool found = false;

    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++)
        found = cloud_switch_set(&arguments->options[i], text) || found;
    for (unsigned i = 0; !found && i < CLOUD_DIALECT_COUNT; i++) {
        for (size_t at = 0; cloud_switch_at(i, at, &name, &positions); at++) {
            fprintf(stderr, "%s: %s=", cloud_dialect_name(i), name);
            for (size_t p = 0; positions[p]; p++)
                fprintf(stderr, "%s%s", p ? "|" : "", positions[p]);
            fputc('\n', stderr);
        }
    }
    return found;
}

static void durations_set(struct cloud_durations *durations, struct cloud_range range)
{
    struct cloud_range build = durations->build;
    struct cloud_range *each = (struct cloud_range *)(void *)durations;

    for (size_t i = 0; i < sizeof *durations / sizeof *each; i++)
        each[i] = range;
    durations->build = build;
}

enum flag {
    FLAG_LISTEN = 256,
    FLAG_DIALECT,
    FLAG_SWITCH,
    FLAG_BUILD,
    FLAG_ACTION,
    FLAG_LATENCY,
    FLAG_CONFIRM,
    FLAG_SERVERS,
    FLAG_FAULTS,
    FLAG_SEED,
    FLAG_TOKEN_LIFE,
    FLAG_QUOTA_INSTANCES,
    FLAG_QUOTA_CORES,
    FLAG_RATE,
    FLAG_PAGE_DEFAULT,
    FLAG_NO_PAGE_LINKS,
    FLAG_CENSUS,
    FLAG_STATE,
    FLAG_CLIENT_PID,
    FLAG_TLS,
    FLAG_HELP,
    FLAG_VERSION,
};

static bool flag_range(struct arguments *arguments, int flag, const char *text)
{
    struct cloud_range range;

    if (!range_read(text, &range)) return false;
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++) {
        struct cloud_options *options = &arguments->options[i];

        if (flag == FLAG_BUILD)
            options->durations.build = range;
        else if (flag == FLAG_ACTION)
            durations_set(&options->durations, range);
        else if (flag == FLAG_LATENCY)
            options->latency = range;
        else if (flag == FLAG_CONFIRM)
            options->confirm_after_ms = range.min_ms;
        else
            options->token_life_ms = range.min_ms;
    }
    return true;
}

static bool flag_number(struct arguments *arguments, int flag, const char *text)
{
    uint64_t number;

    if (!number_read(text, flag == FLAG_SEED ? UINT64_MAX : 1000000000, &number)) return false;
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++) {
        struct cloud_options *options = &arguments->options[i];

        if (flag == FLAG_SEED)
            options->seed = number;
        else if (flag == FLAG_QUOTA_INSTANCES)
            options->quota_instances = (unsigned)number;
        else if (flag == FLAG_QUOTA_CORES)
            options->quota_cores = (unsigned)number;
        else if (flag == FLAG_RATE)
            options->rate_per_second = (unsigned)number;
        else if (flag == FLAG_PAGE_DEFAULT)
            options->page_default = (unsigned)number;
        else if (flag == FLAG_SERVERS)
            arguments->servers = number;
        else
            arguments->client_pid = (int64_t)number;
    }
    return true;
}

static bool flag_read(struct arguments *arguments, int flag, const char *text, int argc, char **argv)
{
    switch (flag) {
    case FLAG_LISTEN: return listen_read(arguments, text);
    case FLAG_DIALECT: return dialect_read(arguments, text);
    case FLAG_SWITCH: return switch_read(arguments, text);
    case FLAG_BUILD:
    case FLAG_ACTION:
    case FLAG_LATENCY:
    case FLAG_CONFIRM:
    case FLAG_TOKEN_LIFE: return flag_range(arguments, flag, text);
    case FLAG_SEED:
    case FLAG_SERVERS:
    case FLAG_QUOTA_INSTANCES:
    case FLAG_QUOTA_CORES:
    case FLAG_RATE:
    case FLAG_PAGE_DEFAULT:
    case FLAG_CLIENT_PID: return flag_number(arguments, flag, text);
    case FLAG_FAULTS: arguments->faults = text; return true;
    case FLAG_STATE: arguments->state = text; return true;
    case FLAG_CENSUS:
        arguments->census = text;
        for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++)
            arguments->options[i].take_census = true;
        return true;
    case FLAG_NO_PAGE_LINKS:
        for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++)
            arguments->options[i].page_links = false;
        return true;
    case FLAG_TLS:
        arguments->cert = text;
        arguments->key = optind < argc ? argv[optind++] : NULL;
        return arguments->key;
    default: return false;
    }
}

/* What says where and for whom, not which cloud. */
static bool flag_is_of_place(int flag)
{
    return flag == FLAG_LISTEN || flag == FLAG_CENSUS || flag == FLAG_STATE || flag == FLAG_CLIENT_PID ||
           flag == FLAG_TLS;
}

static void flag_note(struct arguments *arguments, const char *name, const char *text)
{
    size_t length = strlen(arguments->shape);

    snprintf(arguments->shape + length, sizeof arguments->shape - length, "--%s %s ", name, text ? text : "");
}

int arguments_read(struct arguments *arguments, int argc, char **argv)
{
    static const struct option flags[] = {
        {"listen", required_argument, NULL, FLAG_LISTEN},
        {"dialect", required_argument, NULL, FLAG_DIALECT},
        {"switch", required_argument, NULL, FLAG_SWITCH},
        {"build", required_argument, NULL, FLAG_BUILD},
        {"action", required_argument, NULL, FLAG_ACTION},
        {"latency", required_argument, NULL, FLAG_LATENCY},
        {"confirm-after", required_argument, NULL, FLAG_CONFIRM},
        {"servers", required_argument, NULL, FLAG_SERVERS},
        {"faults", required_argument, NULL, FLAG_FAULTS},
        {"seed", required_argument, NULL, FLAG_SEED},
        {"token-life", required_argument, NULL, FLAG_TOKEN_LIFE},
        {"quota-instances", required_argument, NULL, FLAG_QUOTA_INSTANCES},
        {"quota-cores", required_argument, NULL, FLAG_QUOTA_CORES},
        {"rate", required_argument, NULL, FLAG_RATE},
        {"page-default", required_argument, NULL, FLAG_PAGE_DEFAULT},
        {"no-page-links", no_argument, NULL, FLAG_NO_PAGE_LINKS},
        {"census", required_argument, NULL, FLAG_CENSUS},
        {"state", required_argument, NULL, FLAG_STATE},
        {"client-pid", required_argument, NULL, FLAG_CLIENT_PID},
        {"tls", required_argument, NULL, FLAG_TLS},
        {"help", no_argument, NULL, FLAG_HELP},
        {"version", no_argument, NULL, FLAG_VERSION},
        {NULL, 0, NULL, 0},
    };
    int flag;
    int at = 0;

    *arguments = (struct arguments){.host = "127.0.0.1", .port = 8774};
    arguments->dialects[CLOUD_NHN_V2] = true;
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++)
        cloud_options_default(&arguments->options[i], i);
    while ((flag = getopt_long(argc, argv, "", flags, &at)) != -1) {
        if (flag == FLAG_HELP || flag == FLAG_VERSION) {
            fputs(flag == FLAG_HELP ? usage : "setpoint-simcloud " SIMCLOUD_VERSION "\n", stdout);
            return EXIT_SUCCESS;
        }
        if (flag == '?') return EXIT_USAGE;
        if (!flag_read(arguments, flag, optarg, argc, argv)) {
            fprintf(stderr, "setpoint-simcloud: wrong value %s; see --help\n", optarg ? optarg : "");
            return EXIT_USAGE;
        }
        if (!flag_is_of_place(flag)) flag_note(arguments, flags[at].name, optarg);
    }
    if (optind < argc) {
        fprintf(stderr, "setpoint-simcloud: what is \"%s\"? See --help\n", argv[optind]);
        return EXIT_USAGE;
    }
    return -1;
}
