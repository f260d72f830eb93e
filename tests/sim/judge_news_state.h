#ifndef SETPOINT_TESTS_SIM_JUDGE_NEWS_STATE_H
#define SETPOINT_TESTS_SIM_JUDGE_NEWS_STATE_H

#include "tests/sim/judge_news.h"
#include "tests/sim/judge_state.h"

/* For judge_news*.c only: what was said to whom, and what people read in the end. */

enum { KEY_SIZE = 96, WORD_SIZE = 40 };

struct letter { /* one message */
    char id[WORD_SIZE];
    unsigned target, process; /* the newest that sent it */
    char *text, *names;       /* all that it says */
    char source[FLEET_NAME], cloud[FLEET_NAME];
    unsigned count;
    int64_t made_ms; /* it was in a save then; INT64_MIN: in none before it left */
    bool sent, durable, taken, answered, dropped, lost, vague, twice;
};

struct said { /* to one target of one subject: an object, or "!REASON" of a brake */
    unsigned target;
    char key[KEY_SIZE];
    char reason[WORD_SIZE]; /* newest; "" = nothing was said */
    bool over;
    bool unknown;    /* more may have been said, or less is remembered */
    int64_t made_ms; /* of the message */
    uint64_t at;
};

struct absence { /* an object that was in no manifest: what was told of it may have gone with it */
    char key[KEY_SIZE];
    bool lasts;
    int64_t until_ms;
};

struct blur { /* something was said of some that were not named */
    unsigned target;
    char source[FLEET_NAME], cloud[FLEET_NAME];
    uint64_t at;
};

struct watched { /* in the quiet at the end */
    char key[KEY_SIZE], reason[WORD_SIZE], cloud[FLEET_NAME];
    int64_t since_ms;
    bool seen;
};

struct news {
    struct fleet_target targets[FLEET_TARGETS_MAX];
    unsigned target_count, process;
    bool blind; /* this process has a ledger that it cannot read */
    char busy[FLEET_TARGETS_MAX][WORD_SIZE];
    int64_t quiet_until_ms[FLEET_TARGETS_MAX], unsaved_ms;
    struct letter *letters;
    unsigned letter_count, letter_room;
    struct said *said;
    unsigned said_count, said_room;
    struct absence *absences;
    unsigned absence_count, absence_room;
    struct blur *blurs;
    unsigned blur_count, blur_room;
    struct watched *watched;
    unsigned watched_count, watched_room;
    uint64_t order;
    struct news_counts counts;
    char words[400];
};

/* --- judge_news.c --- */

unsigned news_target(const struct news *news, const char *name); /* target_count: none of that name */
int news_source(const struct judge *judge, const char *key);     /* -1: of none */
/* Of an object that is called so in a message or in status: "prod/p-001"; key pairs have one name on all
   their clouds: "prod/shared@alpha". */
void news_key(const struct judge *judge, const char *name, size_t length, const char *cloud,
              char out[KEY_SIZE]);
struct said *news_said(struct news *news, unsigned target, const char *key); /* NULL: nothing was */
/* Something may have been said of all on that cloud and in that source; "" = any. */
void news_blur(struct news *news, unsigned target, const char *source, const char *cloud);
bool news_is_unknown(const struct news *news, unsigned target, const struct said *said, const char *key,
                     const char *cloud);
/* It was in no manifest since that was said. */
bool news_is_forgotten(const struct news *news, const struct said *said);
unsigned news_names(const char *names); /* how many */
/* The target wants to hear of that; kind NULL: of whatever kind. */
bool news_is_asked_for(const struct judge *judge, const struct fleet_target *target, const char *kind,
                       int source, const char *cloud);
struct letter *news_letter(struct news *news, unsigned target, const char *id); /* NULL: none */
struct letter *news_letter_new(struct news *news, unsigned target, const struct judge_message *message);
bool news_is_stored(const struct rows *rows, const char *target, const char *id);

/* --- judge_news_end.c: what is news --- */

const char *news_kind(const char *reason); /* "Blocked", "Brake" …; NULL: it is no news */
bool news_is_whole(const char *reason);
/* Who was told the one is told the other. */
bool news_differ(const char *before, const char *now);

#endif
